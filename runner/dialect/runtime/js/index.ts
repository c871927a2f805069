import type { JsFunction } from "./js-function.js";
import { JSON_JS_FUNCTIONS } from "./json-functions.js";

/** Every JavaScript function of the library but those that `functions.ts` registers itself. */
export const JS_FUNCTIONS: readonly JsFunction[] = [...JSON_JS_FUNCTIONS];
