import { literal } from "../googlesql/literal.js";
import type { QueryResult, RelationId } from "../port/port.js";

/** A relation that the tested query reads, with the rows that the test gives it. */
export interface TestInput {
  /** What the query's `ref` names, dataset first. */
  readonly path: readonly string[];
  readonly rows: QueryResult;
}

/** A unit test as a SQLX file: the inputs as rows, and the rows that the query gives for them. */
export function testFile(model: RelationId, inputs: readonly TestInput[], expected: QueryResult): string {
  const dataset = `{ schema: ${JSON.stringify(model.dataset)}, name: ${JSON.stringify(model.name)} }`;
  return [
    `config {\n  type: "test",\n  dataset: ${dataset}\n}\n`,
    ...inputs.map(
      ({ path, rows }) =>
        `input ${path.map((part) => JSON.stringify(part)).join(", ")} {\n${rowsAsQuery(rows, "  ")}\n}\n`,
    ),
    `${rowsAsQuery(expected)}\n`,
  ].join("\n");
}

/** Whether NaN is anywhere in some rows. */
export function hasNaN({ columns, rows }: QueryResult): boolean {
  // In no other literal can a quote stand before it.
  return rows.some((row) => columns.some(({ type }, index) => literal(row[index], type).includes("CAST('NaN' AS")));
}

/** Rows as a query; the first names the columns. */
export function rowsAsQuery({ columns, rows }: QueryResult, indent = ""): string {
  const names = columns.map(({ name }) => `\`${name}\``);
  if (rows.length === 0) {
    const nothing = columns.map(({ type }, index) => `${literal(null, type)} AS ${names[index]}`);
    // An empty SELECT list stands for nothing.
    return `${indent}SELECT * FROM (SELECT ${nothing.join(", ") || "1 AS none"}) WHERE FALSE`;
  }
  const values = (row: QueryResult["rows"][number], isFirst: boolean) =>
    columns.map(({ type }, index) => `${literal(row[index], type)}${isFirst ? ` AS ${names[index]}` : ""}`);
  return rows
    .map((row, index) => `${indent}${index === 0 ? "" : "UNION ALL "}SELECT ${values(row, index === 0).join(", ")}`)
    .join("\n");
}
