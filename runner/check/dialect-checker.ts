import { checkQuery, checkScript } from "../script/check-script.js";
import type { Checker } from "./check-project.js";

/** Checks with this runner's own resolver. */
export const DIALECT_CHECKER: Checker = { query: checkQuery, script: checkScript };
