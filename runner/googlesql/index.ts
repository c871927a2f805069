import { computedNames } from "./computed-names.js";
import type { QueryScan, ScriptScan } from "./contract.js";
import { locateErrors } from "./errors.js";
import { parseScriptText } from "./parser/script.js";
import { parseQueryText } from "./parser/statement.js";
import { partReads } from "./part-reads.js";
import { scanParsed } from "./scan.js";
import { scanStatements } from "./scan-script.js";

export { canonicalText } from "./canonical.js";

/**
 * Tables and volatile calls of a query, known without a catalog.
 * @throws DialectError for text that is no query
 */
export function scanQuery(sql: string): QueryScan {
  return locateErrors(sql, () => scanned(sql));
}

function scanned(sql: string): QueryScan {
  const query = parseQueryText(sql);
  return { ...scanParsed(sql, query), computed: computedNames(query), parts: partReads(query) };
}

/**
 * What a script reads, calls and creates, known without a catalog.
 * @throws DialectError for text that is no script
 */
export function scanScript(sql: string): ScriptScan {
  return locateErrors(sql, () => scanStatements(sql, parseScriptText(sql)));
}
