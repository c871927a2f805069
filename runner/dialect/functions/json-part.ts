import type { Span } from "../../googlesql/contract.js";
import { bindOnce } from "../print/bind.js";
import { quoteString } from "../print/sql.js";
import { derive, type JsonPart, type Typed } from "../types/typed.js";
import { PLAIN, plainJsonPart } from "./plain-json-path.js";

/**
 * JSON that `PARSE_JSON` makes of a text: steps into it may look at the text itself.
 * @param parsed the call
 * @param text DuckDB text: its argument
 * @param exact the call of any such text, as text
 */
export function parsedJson(parsed: Typed, text: string, exact: (of: string) => string): Typed {
  return { ...parsed, part: { of: text, source: "raw", path: "$", exact, sql: parsed.sql } };
}

/** `json.name` and `json["name"]`: a member of an object, NULL where there is none. */
export function jsonMember(json: Typed, name: Typed | string, span: Span): Typed {
  const literal = typeof name === "string" ? name : textOf(name);
  const step = literal === undefined ? undefined : `.${literal}`;
  return further(json, "bq_json_member", typeof name === "string" ? quoteString(name) : name, step, span);
}

/** `json[index]`: an element of an array by its position from 0, NULL where there is none. */
export function jsonElement(json: Typed, index: Typed, span: Span): Typed {
  const step = index.literal?.kind === "integer" ? `[${index.literal.value}]` : undefined;
  return further(json, "bq_json_element", index, step, span);
}

function further(json: Typed, call: string, by: Typed | string, step: string | undefined, span: Span): Typed {
  const parts = typeof by === "string" ? [json] : [json, by];
  const at = typeof by === "string" ? by : by.sql;
  const around = partOf(json);
  const exact = (of: string) => `${call}(${around.exact(of)}, ${at})`;
  const path = `${around.path}${step}`;
  if (step === undefined || !PLAIN.test(path))
    return derive(`CAST(${call}(${varchar(json.sql)}, ${at}) AS JSON)`, "JSON", span, parts, true);
  const part = { ...around, path, exact };
  const sql = `CAST(${plainJsonPart(part)} AS JSON)`;
  return { ...derive(sql, "JSON", span, parts, true), part: { ...part, sql } };
}

/** Where a path into a JSON value, or into a STRING that holds JSON, begins. */
export function partOf({ sql, type, part }: Typed): JsonPart {
  if (part?.sql === sql) return part;
  return { of: varchar(sql), source: type === "JSON" ? "stored" : "text", path: "$", exact: (of) => of };
}

function textOf({ literal }: Typed): string | undefined {
  return literal?.kind === "string" ? literal.text : undefined;
}

const varchar = (sql: string): string => `CAST(${sql} AS VARCHAR)`;

/** What the plain values of JSON are in DuckDB itself: the condition under which `use` holds; `j` is the text. */
const SCALARS = {
  bq_json_string: {
    when: (j: string) => `left(${j}, 1) = '"' AND NOT contains(${j}, '\\')`,
    use: (j: string) => `substr(${j}, 2, length(${j}) - 2)`,
  },
  bq_json_int64: {
    when: (j: string) => `regexp_full_match(${j}, '-?[0-9]{1,18}')`,
    use: (j: string) => `CAST(${j} AS BIGINT)`,
  },
  bq_json_bool: { when: (j: string) => `${j} IN ('true', 'false')`, use: (j: string) => `${j} = 'true'` },
  bq_json_float64: {
    when: (j: string) => `regexp_full_match(${j}, '-?[0-9]{1,15}(\\.[0-9]{1,15})?')`,
    use: (j: string) => `CAST(${j} AS DOUBLE)`,
  },
} as const;

/**
 * The SQL value of a JSON scalar: `STRING`, `INT64`, `BOOL` and `FLOAT64` of JSON.
 * @param json DuckDB text of type JSON
 * @param rest further arguments of the exact call
 */
export function jsonScalar(call: keyof typeof SCALARS, json: string, rest = ""): string {
  const { when, use } = SCALARS[call];
  return bindOnce([varchar(json)], ([j = ""]) => `CASE WHEN ${when(j)} THEN ${use(j)} ELSE ${call}(${j}${rest}) END`);
}
