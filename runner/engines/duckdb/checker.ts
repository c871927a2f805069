import { CheckScope, checkQuery, checkScript } from "../../dialect/script/check-script.js";
import type { SqlChecker } from "../../googlesql/checker.js";

/** Checks with the embedded engine's own resolver: what it accepts it can run. */
export const CHECKER: SqlChecker = {
  scope: () => new CheckScope(),
  query: (sql, catalog, suspects, scope) => checkQuery(sql, catalog, suspects, own(scope)),
  script: (sql, catalog, scope) => checkScript(sql, catalog, own(scope)),
};

function own(scope: unknown): CheckScope {
  if (scope instanceof CheckScope) return scope;
  throw new TypeError("this scope was made by another checker");
}
