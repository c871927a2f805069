import type { CallExpr } from "../../googlesql/ast.js";
import { COLLATED } from "../../port/sql-types.js";
import { quoteString } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { withCollation } from "../types/collation.js";
import type { Typed } from "../types/typed.js";
import { wrongArguments } from "./arguments.js";
import { type Family, on, type ScalarOverload, scalar, special } from "./definition.js";
import { concatenate } from "./string-concat.js";
import { containsSubstr, editDistance, normalize, normalizeAndCasefold } from "./string-special.js";

const DOC = "string_functions";

/** Bytes go through a string function as Latin-1 text: `$1` stands for the text of the first argument. */
function onBytes(signature: string, template: string, result: "BYTES" | "other" | "list" = "BYTES"): ScalarOverload {
  return on(signature, (args, typed) => {
    const texts = args.map((arg, i) => (typed[i]?.type === "BYTES" ? `bq_latin1_text(${arg})` : arg));
    const sql = template.replace(/\$(\d|\*)/g, (_, which: string) =>
      which === "*" ? texts.join(", ") : (texts[Number(which) - 1] ?? ""),
    );
    if (result === "other") return sql;
    return result === "list" ? `list_transform(${sql}, lambda b: bq_latin1_bytes(b))` : `bq_latin1_bytes(${sql})`;
  });
}

/** The text that COLLATE is given. */
function coerceTo(value: Typed, call: CallExpr): Typed {
  if (coercionCost(value, "STRING") === undefined) throw wrongArguments(call, [value], "COLLATE(STRING, STRING)");
  return coerce(value, "STRING");
}

/** A function of STRING and the same of BYTES. */
const both = (anchor: string, signature: string, template: string, result: "BYTES" | "other" | "list" = "BYTES") =>
  scalar(
    `${DOC}#${anchor}`,
    on(signature, template),
    onBytes(signature.replaceAll("STRING", "BYTES"), template, result),
  );

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/string_functions */
export const STRING_FUNCTIONS: Family = {
  CONCAT: special(`${DOC}#concat`, (call, context) =>
    concatenate(
      call.args.map((argument) => context.resolve(argument.value)),
      "function",
      "CONCAT",
      { start: call.start, end: call.end },
    ),
  ),
  COLLATE: special(`${DOC}#collate`, (call, context) => {
    const [value, spec] = call.args;
    if (value === undefined || spec === undefined || call.args.length > 2) throw wrongArguments(call, undefined);
    const text = context.resolve(value.value);
    return withCollation(text.type === COLLATED ? text : coerceTo(text, call), context.resolveAs(spec.value, "STRING"));
  }),
  UPPER: scalar(
    `${DOC}#upper`,
    on("(STRING) -> STRING", "bq.upper($1)"),
    onBytes("(BYTES) -> BYTES", "bq_ascii_upper($1)"),
  ),
  LOWER: scalar(
    `${DOC}#lower`,
    on("(STRING) -> STRING", "bq.lower($1)"),
    onBytes("(BYTES) -> BYTES", "bq_ascii_lower($1)"),
  ),
  INITCAP: scalar(
    `${DOC}#initcap`,
    on("(STRING) -> STRING", "bq.initcap($1)"),
    on("(STRING, STRING) -> STRING", "bq_initcap($1, $2)"),
  ),
  LENGTH: scalar(
    `${DOC}#length`,
    on("(STRING) -> INT64", "length($1)"),
    on("(BYTES) -> INT64", "bq.byte_length_bytes($1)"),
  ),
  CHAR_LENGTH: scalar(`${DOC}#char_length`, on("(STRING) -> INT64", "length($1)")),
  CHARACTER_LENGTH: scalar(`${DOC}#character_length`, on("(STRING) -> INT64", "length($1)")),
  BYTE_LENGTH: scalar(
    `${DOC}#byte_length`,
    on("(STRING) -> INT64", "bq.byte_length($1)"),
    on("(BYTES) -> INT64", "bq.byte_length_bytes($1)"),
  ),
  OCTET_LENGTH: scalar(
    `${DOC}#octet_length`,
    on("(STRING) -> INT64", "bq.byte_length($1)"),
    on("(BYTES) -> INT64", "bq.byte_length_bytes($1)"),
  ),
  SUBSTR: scalar(
    `${DOC}#substr`,
    on("(STRING, INT64, [INT64]) -> STRING", "bq.substr($*)"),
    on("(BYTES, INT64, [INT64]) -> BYTES", "bq.substr_bytes($*)"),
  ),
  SUBSTRING: scalar(
    `${DOC}#substring`,
    on("(STRING, INT64, [INT64]) -> STRING", "bq.substr($*)"),
    on("(BYTES, INT64, [INT64]) -> BYTES", "bq.substr_bytes($*)"),
  ),
  LEFT: both("left", "(STRING, INT64) -> STRING", "bq.left($1, $2)"),
  RIGHT: both("right", "(STRING, INT64) -> STRING", "bq.right($1, $2)"),
  LPAD: scalar(
    `${DOC}#lpad`,
    on("(STRING, INT64, [STRING]) -> STRING", ([s, n, pad = "' '"]) => `bq.lpad_limited(${s}, ${n}, ${pad})`),
    onBytes("(BYTES, INT64) -> BYTES", "bq.lpad_limited($1, $2, ' ')"),
    onBytes("(BYTES, INT64, BYTES) -> BYTES", "bq.lpad_limited($1, $2, $3)"),
  ),
  RPAD: scalar(
    `${DOC}#rpad`,
    on("(STRING, INT64, [STRING]) -> STRING", ([s, n, pad = "' '"]) => `bq.rpad_limited(${s}, ${n}, ${pad})`),
    onBytes("(BYTES, INT64) -> BYTES", "bq.rpad_limited($1, $2, ' ')"),
    onBytes("(BYTES, INT64, BYTES) -> BYTES", "bq.rpad_limited($1, $2, $3)"),
  ),
  TRIM: scalar(
    `${DOC}#trim`,
    on("(STRING, [STRING]) -> STRING", "bq.trim($*)"),
    onBytes("(BYTES, BYTES) -> BYTES", "bq.trim($1, $2)"),
  ),
  LTRIM: scalar(
    `${DOC}#ltrim`,
    on("(STRING, [STRING]) -> STRING", "bq.ltrim($*)"),
    onBytes("(BYTES, BYTES) -> BYTES", "bq.ltrim($1, $2)"),
  ),
  RTRIM: scalar(
    `${DOC}#rtrim`,
    on("(STRING, [STRING]) -> STRING", "bq.rtrim($*)"),
    onBytes("(BYTES, BYTES) -> BYTES", "bq.rtrim($1, $2)"),
  ),
  REPLACE: both("replace", "(STRING, STRING, STRING) -> STRING", "bq.replace($1, $2, $3)"),
  REPEAT: both("repeat", "(STRING, INT64) -> STRING", "bq.repeat_limited($1, $2)"),
  REVERSE: both("reverse", "(STRING) -> STRING", "bq.reverse($1)"),
  SPLIT: scalar(
    `${DOC}#split`,
    on("(STRING, [STRING]) -> ARRAY<STRING>", "bq.split($*)"),
    onBytes("(BYTES, BYTES) -> ARRAY<BYTES>", "bq.split($1, $2)", "list"),
  ),
  STARTS_WITH: both("starts_with", "(STRING, STRING) -> BOOL", "starts_with($1, $2)", "other"),
  ENDS_WITH: both("ends_with", "(STRING, STRING) -> BOOL", "ends_with($1, $2)", "other"),
  INSTR: scalar(
    `${DOC}#instr`,
    on("(STRING, STRING) -> INT64", "bq.instr($1, $2)"),
    on("(STRING, STRING, INT64) -> INT64", "bq_instr($1, $2, $3, 1::BIGINT)"),
    on("(STRING, STRING, INT64, INT64) -> INT64", "bq_instr($1, $2, $3, $4)"),
    onBytes("(BYTES, BYTES) -> INT64", "bq.instr($1, $2)", "other"),
    onBytes("(BYTES, BYTES, INT64) -> INT64", "bq_instr($1, $2, $3, 1::BIGINT)", "other"),
    onBytes("(BYTES, BYTES, INT64, INT64) -> INT64", "bq_instr($1, $2, $3, $4)", "other"),
  ),
  STRPOS: both("strpos", "(STRING, STRING) -> INT64", "bq.strpos($1, $2)", "other"),
  TRANSLATE: both("translate", "(STRING, STRING, STRING) -> STRING", "bq_translate($1, $2, $3)"),
  SOUNDEX: scalar(`${DOC}#soundex`, on("(STRING) -> STRING", "bq_soundex($1)")),
  EDIT_DISTANCE: special(`${DOC}#edit_distance`, editDistance),
  CONTAINS_SUBSTR: special("search_functions#contains_substr", containsSubstr),
  CHR: scalar(`${DOC}#chr`, on("(INT64) -> STRING", "bq_chr($1)")),
  UNICODE: scalar(
    `${DOC}#unicode`,
    on("(STRING) -> INT64", "CASE WHEN $1 = '' THEN 0::BIGINT ELSE CAST(unicode($1) AS BIGINT) END"),
  ),
  ASCII: scalar(`${DOC}#ascii`, on("(STRING) -> INT64", "bq.ascii($1)")),
  TO_CODE_POINTS: scalar(
    `${DOC}#to_code_points`,
    on("(STRING) -> ARRAY<INT64>", "bq_code_points($1)"),
    on("(BYTES) -> ARRAY<INT64>", "bq_byte_values($1)"),
  ),
  CODE_POINTS_TO_STRING: scalar(
    `${DOC}#code_points_to_string`,
    on("(ARRAY<INT64>) -> STRING?", "bq_text_of_code_points($1)"),
  ),
  CODE_POINTS_TO_BYTES: scalar(
    `${DOC}#code_points_to_bytes`,
    on("(ARRAY<INT64>) -> BYTES?", "bq_bytes_of_code_points($1)"),
  ),
  NORMALIZE: special(`${DOC}#normalize`, normalize),
  NORMALIZE_AND_CASEFOLD: special(`${DOC}#normalize_and_casefold`, normalizeAndCasefold),
  SAFE_CONVERT_BYTES_TO_STRING: scalar(
    `${DOC}#safe_convert_bytes_to_string`,
    on("(BYTES) -> STRING", "bq_safe_bytes_to_string($1)"),
  ),
  REGEXP_CONTAINS: both("regexp_contains", "(STRING, STRING) -> BOOL", "bq.regexp_contains($1, $2)", "other"),
  REGEXP_EXTRACT: regexpExtract("regexp_extract"),
  REGEXP_SUBSTR: regexpExtract("regexp_substr"),
  REGEXP_EXTRACT_ALL: both(
    "regexp_extract_all",
    "(STRING, STRING) -> ARRAY<STRING>",
    "bq.regexp_extract_all($1, $2)",
    "list",
  ),
  REGEXP_REPLACE: scalar(
    `${DOC}#regexp_replace`,
    on("(STRING, STRING, STRING) -> STRING", (args, typed) => regexpReplace(args, typed)),
    onBytes("(BYTES, BYTES, BYTES) -> BYTES", "bq.regexp_replace($1, $2, $3)"),
  ),
  REGEXP_INSTR: regexpInstr(),
  TO_BASE64: scalar(`${DOC}#to_base64`, on("(BYTES) -> STRING", "bq.to_base64($1)")),
  FROM_BASE64: scalar(`${DOC}#from_base64`, on("(STRING) -> BYTES", "bq_from_base64($1)")),
  TO_BASE32: scalar(`${DOC}#to_base32`, on("(BYTES) -> STRING", "bq_to_base32($1)")),
  FROM_BASE32: scalar(`${DOC}#from_base32`, on("(STRING) -> BYTES", "bq_from_base32($1)")),
  FROM_HEX: scalar(`${DOC}#from_hex`, on("(STRING) -> BYTES", "bq_from_hex($1)")),
};

/** What a literal replacement asks for has to be there in a literal pattern; DuckDB takes what is missing for nothing. */
function regexpReplace(args: readonly string[], typed: readonly Typed[]): string {
  const [pattern, rewrite] = [typed[1]?.literal, typed[2]?.literal];
  const text = `bq.regexp_replace(${args.join(", ")})`;
  if (rewrite?.kind !== "string") return text;
  const bad = /\\(?:([^\\0-9])|$)/.exec(rewrite.text.replaceAll("\\\\", ""));
  const fault = (message: string): string =>
    `CAST(CAST(${quoteString(`Invalid REGEXP_REPLACE pattern: ${message}`)} AS BIGINT) AS VARCHAR)`;
  if (bad !== null)
    return fault(
      bad[1] === undefined
        ? "Rewrite schema error: '\\' not allowed at end."
        : "Rewrite schema error: '\\' must be followed by a digit or '\\'.",
    );
  if (pattern?.kind !== "string") return text;
  const wanted = Math.max(0, ...[...rewrite.text.matchAll(/\\(\d|\\)/g)].map(([, digit]) => Number(digit) || 0));
  const plain = pattern.text.replace(/\\.|\[\^?\]?[^\]]*\]/gs, "");
  const groups = (plain.match(/\((?!\?)|\(\?P?<[A-Za-z]/g) ?? []).length;
  if (wanted <= groups) return text;
  return fault(
    `Rewrite schema requests ${wanted} matches, but the regexp only has ${groups} parenthesized subexpressions.`,
  );
}

/** REGEXP_EXTRACT with a position and an occurrence goes through JavaScript; without, through DuckDB. */
function regexpExtract(anchor: string) {
  const positional = (pattern: string) => `bq_regexp_extract(${pattern})`;
  return scalar(
    `${DOC}#${anchor}`,
    on("(STRING, STRING) -> STRING?", "bq.regexp_extract($1, $2)"),
    on("(STRING, STRING, INT64) -> STRING?", positional("$1, $2, $3, 1::BIGINT")),
    on("(STRING, STRING, INT64, INT64) -> STRING?", positional("$*")),
    onBytes("(BYTES, BYTES) -> BYTES?", "bq.regexp_extract($1, $2)"),
    onBytes("(BYTES, BYTES, INT64) -> BYTES?", positional("$1, $2, $3, 1::BIGINT")),
    onBytes("(BYTES, BYTES, INT64, INT64) -> BYTES?", positional("$*")),
  );
}

function regexpInstr() {
  const shapes = [
    ["", "$1, $2, 1::BIGINT, 1::BIGINT, 0::BIGINT"],
    [", INT64", "$1, $2, $3, 1::BIGINT, 0::BIGINT"],
    [", INT64, INT64", "$1, $2, $3, $4, 0::BIGINT"],
    [", INT64, INT64, INT64", "$*"],
  ] as const;
  return scalar(
    `${DOC}#regexp_instr`,
    ...shapes.flatMap(([more, args]) => [
      on(`(STRING, STRING${more}) -> INT64`, `bq_regexp_instr(${args})`),
      onBytes(`(BYTES, BYTES${more}) -> INT64`, `bq_regexp_instr(${args})`, "other"),
    ]),
  );
}
