import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { bindOnce } from "../print/bind.js";
import { fieldAccess, quoteString } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { derive, type Typed } from "../types/typed.js";
import { spanOf, splitArguments, wrongArguments } from "./arguments.js";
import { castText } from "./cast.js";
import type { CallContext } from "./definition.js";

const MODES = ["NFC", "NFKC", "NFD", "NFKD"];

function modeOf(form: Expr | undefined, call: CallExpr): string {
  if (form === undefined) return "NFC";
  const mode = form.kind === "path" ? (form.parts[0]?.name ?? "").toUpperCase() : "";
  if (!MODES.includes(mode)) throw analysisError(`A valid normalization mode is required for ${call.name}`, form);
  return mode;
}

/** `NORMALIZE(text[, mode])`. */
export function normalize(call: CallExpr, context: CallContext): Typed {
  const [text, form] = splitArguments(call, 1, 2).positional as [Expr, Expr | undefined];
  const mode = modeOf(form, call);
  const value = context.resolveAs(text, "STRING");
  const sql = mode === "NFC" ? `nfc_normalize(${value.sql})` : `bq_normalize(${value.sql}, '${mode}')`;
  return derive(sql, "STRING", spanOf(call), [value]);
}

export function normalizeAndCasefold(call: CallExpr, context: CallContext): Typed {
  const [text, form] = splitArguments(call, 1, 2).positional as [Expr, Expr | undefined];
  const value = context.resolveAs(text, "STRING");
  return derive(`bq_normalize_and_casefold(${value.sql}, '${modeOf(form, call)}')`, "STRING", spanOf(call), [value]);
}

/** `CONTAINS_SUBSTR(value, 'text')`: looks through the fields of a STRUCT and the elements of an ARRAY. */
export function containsSubstr(call: CallExpr, context: CallContext): Typed {
  const { positional } = splitArguments(call, 2, 2);
  const value = context.resolve(positional[0] as Expr);
  const wanted = context.resolveAs(positional[1] as Expr, "STRING");
  const exact = (sql: string) => `bq_contains_substr(${wanted.sql}, ${textsOf(sql, value.type, call)})`;
  const folded = value.type === "STRING" ? foldedLiteral(wanted.sql) : undefined;
  const sql =
    folded === undefined
      ? exact(value.sql)
      : bindOnce(
          [value.sql],
          ([text = ""]) =>
            `CASE WHEN bq.folds_simply(${text}) THEN contains(lower(${text}), ${folded}) ELSE ${exact(text)} END`,
        );
  return derive(sql, "BOOL", spanOf(call), [value, wanted], true);
}

/** A text literal as CONTAINS_SUBSTR compares it; undefined: it is none. */
function foldedLiteral(sql: string): string | undefined {
  if (!/^'(?:[^']|'')*'$/.test(sql)) return undefined;
  return quoteString(sql.slice(1, -1).replaceAll("''", "'").normalize("NFKC").toLowerCase());
}

/** A list of the texts in a value. */
function textsOf(sql: string, type: SqlType, call: CallExpr): string {
  if (type === "STRING") return `[${sql}]`;
  if (type === "JSON" || type === "BYTES") throw unsupported(`CONTAINS_SUBSTR in ${typeName(type)}`, call);
  if (typeof type === "string") return `[${castText(sql, type, "STRING", call)}]`;
  if (type.kind === "array") return `flatten(list_transform(${sql}, lambda c: ${textsOf("c", type.element, call)}))`;
  return `flatten([${type.fields.map((field, i) => textsOf(fieldAccess(sql, type, i), field.type, call)).join(", ")}])`;
}

/** `EDIT_DISTANCE(a, b[, max_distance => n])` of two STRINGs or two BYTES. */
export function editDistance(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 2, 2, ["MAX_DISTANCE"]);
  const given = positional.map((argument) => context.resolve(argument));
  const type = (["STRING", "BYTES"] as const).find((one) => given.every((arg) => coercionCost(arg, one) !== undefined));
  if (type === undefined)
    throw wrongArguments(
      call,
      given,
      "EDIT_DISTANCE(STRING, STRING, [max_distance => INT64]); EDIT_DISTANCE(BYTES, BYTES, [max_distance => INT64])",
    );
  const values = given.map((arg) => coerce(arg, type));
  const texts = values.map(({ sql }) => (type === "BYTES" ? `bq_latin1_text(${sql})` : sql));
  const limit = named.get("MAX_DISTANCE");
  const most = limit === undefined ? undefined : context.resolveAs(limit, "INT64");
  const sql = `bq_edit_distance(${texts.join(", ")}, ${most?.sql ?? "9223372036854775807::BIGINT"})`;
  return derive(sql, "INT64", spanOf(call), most === undefined ? values : [...values, most]);
}
