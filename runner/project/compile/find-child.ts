import { findScript } from "../../fence/find-script.js";

/**
 * The built compile child.
 *
 * @throws Error when it is not there: the runner was not built
 */
export function findCompileChild(): string {
  return findScript("compile-child.js");
}
