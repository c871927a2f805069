import type { CallExpr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { COLLATED, type SqlType } from "../../port/sql-types.js";
import { collatedType, holdsCollation, plain } from "../types/collation.js";
import type { Typed } from "../types/typed.js";

/**
 * What a function does with collated arguments: `keep` takes them as they are; `pass` gives a collated result; `first`
 * does so where the first argument is collated; `ignore` works on the bytes; `search` finds one text in another without
 * case. Any other function refuses them, as GoogleSQL does.
 */
type Rule = "keep" | "pass" | "first" | "ignore" | "search";

const NAMES: Readonly<Record<Rule, string>> = {
  keep:
    "IF IFNULL COALESCE NULLIF COLLATE COUNT MIN MAX ANY_VALUE ARRAY_AGG ARRAY_CONCAT_AGG GROUPING FIRST_VALUE " +
    "LAST_VALUE NTH_VALUE LAG LEAD ARRAY_LENGTH ARRAY_REVERSE ARRAY_CONCAT ARRAY_FIRST ARRAY_LAST ARRAY_SLICE",
  pass:
    "LOWER UPPER TRIM LTRIM RTRIM SUBSTR SUBSTRING LEFT RIGHT LPAD RPAD REPEAT REVERSE CONCAT NORMALIZE " +
    "NORMALIZE_AND_CASEFOLD SOUNDEX ARRAY_TO_STRING STRING_AGG NET.HOST NET.PUBLIC_SUFFIX NET.REG_DOMAIN",
  first: "FORMAT FORMAT_DATE FORMAT_DATETIME FORMAT_TIME FORMAT_TIMESTAMP",
  ignore:
    "LENGTH CHAR_LENGTH CHARACTER_LENGTH BYTE_LENGTH OCTET_LENGTH ASCII UNICODE TO_CODE_POINTS FARM_FINGERPRINT MD5 " +
    "SHA1 SHA256 SHA512 TO_JSON TO_JSON_STRING PARSE_DATE PARSE_DATETIME PARSE_TIME PARSE_TIMESTAMP FROM_BASE32 " +
    "FROM_BASE64 FROM_HEX PARSE_JSON ERROR",
  search: "STARTS_WITH ENDS_WITH STRPOS INSTR REPLACE SPLIT",
};

const RULES: ReadonlyMap<string, Rule> = new Map(
  (Object.entries(NAMES) as [Rule, string][]).flatMap(([rule, names]) =>
    names.split(" ").map((name): [string, Rule] => [name, rule]),
  ),
);

/** The collation of one call, on its way through the function. */
export class CollatedCall {
  readonly #rule: Rule | undefined;
  #passes = false;

  constructor(private readonly call: CallExpr) {
    this.#rule = RULES.get(call.name);
  }

  /** Whether the result is collated. */
  get passes(): boolean {
    return this.#passes;
  }

  /** An argument as the function takes it. */
  take(value: Typed, position: number): Typed {
    if (!holdsCollation(value.type)) return value;
    const { call } = this;
    if (this.#rule === "keep") return value;
    const isText = value.type === COLLATED || collatedType(plain(value).type) !== plain(value).type;
    if (this.#rule === undefined || (this.#rule !== "ignore" && !isText))
      throw analysisError(
        `Collation is not allowed on argument ${position + 1} ("und:ci") of ${call.name}. Use COLLATE(arg, '') to remove collation`,
        value.span,
      );
    this.#passes ||= this.#rule === "pass" || (this.#rule === "first" && position === 0);
    return plain(value);
  }

  /** The result with the collation that the arguments have given it. */
  give(result: Typed): Typed {
    return this.#passes ? { ...result, type: collatedType(result.type) } : result;
  }
}

/** Whether a text is looked for in another without case. */
export function searchesWithoutCase(name: string, args: readonly Typed[]): boolean {
  return RULES.get(name) === "search" && args.some(({ type }) => type === COLLATED);
}

/** A search without case: over texts that `bq.caseless` has taken the case from, characters being of the same number. */
export function searchWithoutCase(
  name: string,
  args: readonly Typed[],
  plainly: (args: readonly Typed[]) => Typed,
): Typed {
  const texts = args.map(plain);
  const [value, part, other] = texts.map(({ sql }) => sql) as [string, string, string];
  const built = plainly(texts.map(caseless));
  switch (name) {
    case "REPLACE":
      return { ...built, type: COLLATED, sql: `bq.replace_caseless(${value}, ${part}, ${other})` };
    case "SPLIT": {
      const type: SqlType = { kind: "array", element: COLLATED };
      return { ...built, type, sql: `bq.split_caseless(${value}, ${part ?? "','"})` };
    }
    case "STARTS_WITH":
    case "ENDS_WITH":
      // An empty text is found nowhere.
      return { ...built, sql: `(${built.sql} AND ${part} <> '')` };
    default:
      return { ...built, sql: `CASE WHEN ${part} = '' THEN 0 ELSE ${built.sql} END` };
  }
}

/** A text as LIKE and the searches compare it. */
export function caseless(value: Typed): Typed {
  return value.type === "STRING" ? { ...value, sql: `bq.caseless(${value.sql})`, literal: undefined } : value;
}
