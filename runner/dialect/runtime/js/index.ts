import { HASH_JS_FUNCTIONS } from "./hash-functions.js";
import type { JsFunction } from "./js-function.js";
import { JSON_JS_FUNCTIONS } from "./json-functions.js";
import { NET_JS_FUNCTIONS } from "./net-functions.js";
import { STRING_JS_FUNCTIONS } from "./string-functions.js";

/** Every JavaScript function of the library but those that `functions.ts` registers itself. */
export const JS_FUNCTIONS: readonly JsFunction[] = [
  ...JSON_JS_FUNCTIONS,
  ...STRING_JS_FUNCTIONS,
  ...NET_JS_FUNCTIONS,
  ...HASH_JS_FUNCTIONS,
];
