import type { DuckDBConnection } from "@duckdb/node-api";
import type { ScalarType, SqlType } from "../../../port/sql-types.js";
import { quoteName, quoteText } from "../quote.js";
import { columnName } from "./column-names.js";
import { leavesOf, NUMBER_MARK, type StagedColumn, type StagedShape } from "./staged-shape.js";
import { fromText } from "./text-forms.js";

/** Types that texts of a file are tried for, the narrowest first. */
const DETECTED: readonly ScalarType[] = ["BOOL", "INT64", "FLOAT64", "DATE", "TIME", "TIMESTAMP"];
const LEADING_ZERO = "[+-]?0\\d.*";

/** What numbers with leading zeros are: texts, or numbers as BigQuery detects them. */
export type Codes = "texts" | "BigQuery's";

/**
 * The types of the texts in staged columns, by the path of each leaf, which begins with the column's key: the first that all of them have;
 * a leaf without any text is left out. One query for all: planning one that names a thousand columns takes minutes.
 */
export async function detectTypes(
  connection: DuckDBConnection,
  columns: readonly StagedColumn[],
  table: string,
  codes: Codes,
): Promise<ReadonlyMap<string, ScalarType>> {
  const leaves = columns.flatMap(({ key, shape }) => leavesOf(shape, quoteName(key), key));
  const texts = leaves.filter(({ shape }) => shape.kind === "text");
  const [plain, nested] = [texts.filter(({ isList }) => !isList), texts.filter(({ isList }) => isList)];
  const sources = [
    `SELECT unnest([${plain.map(({ path }) => quoteText(path)).join(", ")}]::VARCHAR[]) AS leaf,
     unnest([${plain.map(({ sql }) => sql).join(", ")}]::VARCHAR[]) AS v FROM ${table}`,
    ...nested.map(({ path, sql }) => `SELECT ${quoteText(path)}, unnest(${sql}) FROM ${table}`),
  ];
  const text = `ltrim(v, chr(${NUMBER_MARK.charCodeAt(0)}))`;
  const fits = DETECTED.map((type) => {
    const isNumber = type === "INT64" || type === "FLOAT64";
    const code = isNumber && codes === "texts" ? ` AND NOT regexp_full_match(v, ${quoteText(LEADING_ZERO)})` : "";
    return `WHEN bool_and(${fromText("v", type)} IS NOT NULL${code}) THEN ${quoteText(type)}`;
  });
  const reader = await connection.runAndReadAll(`SELECT leaf, CASE ${fits.join(" ")} ELSE 'STRING' END
    FROM (SELECT leaf, ${text} AS v FROM (${sources.join(" UNION ALL ")}) WHERE v IS NOT NULL) GROUP BY leaf`);
  return new Map(reader.getRowsJson() as [string, ScalarType][]);
}

/** The GoogleSQL type that a staged column is kept as; undefined: there is none. */
export function typeOfShape(
  shape: StagedShape,
  path: string,
  detected: ReadonlyMap<string, ScalarType>,
): SqlType | undefined {
  switch (shape.kind) {
    case "text":
      return detected.get(path) ?? "STRING";
    case "json":
      return "JSON";
    case "own":
      return shape.type;
    case "list": {
      const element = typeOfShape(shape.element, `${path}[]`, detected);
      const isArray = typeof element === "object" && element.kind === "array";
      return element === undefined || isArray ? undefined : { kind: "array", element };
    }
    case "struct": {
      const fields = shape.fields.flatMap(({ name, shape }) => {
        const type = typeOfShape(shape, `${path}.${name.toLowerCase()}`, detected);
        return type === undefined ? [] : [{ name: columnName(name), type }];
      });
      return fields.length < shape.fields.length ? undefined : { kind: "struct", fields };
    }
  }
}
