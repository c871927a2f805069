import { quotePath as quoteParts } from "../../dialect/print/sql.js";

export { DATABASE, quoteName, quoteString as quoteText, TEMPORARY } from "../../dialect/print/sql.js";

/** `"schema"."name"` of a relation. */
export function quotePath({ dataset, name }: { readonly dataset: string; readonly name: string }): string {
  return quoteParts([dataset, name]);
}
