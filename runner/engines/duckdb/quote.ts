import { quoteName } from "../../dialect/print/sql.js";

export { quoteName, quoteString as quoteText } from "../../dialect/print/sql.js";

/** `"schema"."name"` of a relation. */
export function quotePath(relation: { readonly dataset: string; readonly name: string }): string {
  return `${quoteName(relation.dataset)}.${quoteName(relation.name)}`;
}
