import type { Catalog } from "../dialect/contract.js";
import { DialectError, diagnoseQuery, splitStatements, translateStatement } from "../dialect/index.js";
import type { Column } from "../sql-types.js";
import type { Checker, ScriptDiagnosis } from "./check-project.js";

/** Checks with this runner's own resolver. */
export const DIALECT_CHECKER: Checker = { query: diagnoseQuery, script: checkStatements };

function checkStatements(sql: string, catalog: Catalog): ScriptDiagnosis {
  const errors: DialectError[] = [];
  const created = new Map<string, readonly Column[]>();
  try {
    for (const statement of splitStatements(sql)) {
      const translated = translateStatement(statement, catalog);
      if (translated.kind === "createTable" || translated.kind === "createView")
        created.set(translated.path.slice(-2).join("."), translated.columns);
    }
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    errors.push(error);
  }
  return { errors, created };
}
