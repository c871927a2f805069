import { failure, type Macro, macro } from "./macro.js";

/**
 * Unicode's White_Space, which TRIM takes away when it is given no characters. One literal: as a sum of `chr` calls DuckDB plans it for
 * longer than all the rest of most queries.
 */
const WHITE_SPACE = `E'\\t\\n\\x0b\\f\\r ${String.fromCodePoint(
  ...[133, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288],
)}'`;
/** What begins a new word for INITCAP. */
const WORD_DELIMITERS = String.raw`\s\\\[\](){}/|<>!?@"^#$&~_,.:;*%+\-`;

/** No text is invalid as VARCHAR: the failing cast is one level down. */
const refused = (message: string) => `CAST(${failure("BIGINT", `'${message}'`)} AS VARCHAR)`;

/** A text on the left or the right of which another one is repeated. */
const padded = (side: "lpad" | "rpad") =>
  macro(
    `${side}(s, n, p)`,
    `CASE WHEN n < 0 THEN ${refused("Second argument (output size) for LPAD/RPAD cannot be negative")}
      WHEN p = '' THEN ${refused("Third argument (pad pattern) for LPAD/RPAD cannot be empty")}
      ELSE ${side}(s, CAST(n AS INTEGER), p) END`,
  );

/** GoogleSQL's start position: 0 counts as 1, and one before the beginning is the beginning. */
const start = (position: string, length: string) =>
  `CASE WHEN ${position} = 0 OR ${position} < -${length} THEN 1 ELSE ${position} END`;

/** The same for BYTES, as the position in their hexadecimal text. */
const hexStart = `2 * (CASE WHEN p < 0 AND p >= -octet_length(b) THEN octet_length(b) + p + 1 WHEN p < 1 THEN 1 ELSE p END) - 1`;

/** Number of capturing groups of a pattern: parentheses that are neither escaped, nor in a class, nor `(?` but for a name. */
const groups = `len(regexp_extract_all(regexp_replace(pattern, '\\\\.|\\[\\^?\\]?[^\\]]*\\]', '', 'g'), '[(]([?]P?<[A-Za-z]|[^?]|$)'))`;
/** The pattern with exactly one group to extract: DuckDB wants the number of the group as a constant. */
const grouped = `CASE WHEN ${groups} > 0 THEN pattern ELSE '(' || pattern || ')' END`;

const tooManyGroups = (type: string) =>
  `CAST(${failure("BIGINT", "'Regular expressions passed into extraction functions must not have more than 1 capturing group'")} AS ${type})`;

/** Printable ASCII, letters of Europe whose case is one character, and ideographs and syllables, which have no case. */
export const CASELESS = `[\\t-\\r -~¡-§©«¬®°±¶»¿-įıĴ-ľŁ-ňŊ-žΆΈ-ΊΌΎ-ΡΤ-ρτ-ώЀ-џ‐‒-‖‘-‣₠-₧₩-₿一-鿿가-힣]*`;
const notCaseless = `CAST(${failure("BIGINT", "'Searching without case, by COLLATE, is not supported in a text with such characters: ' || s")} AS VARCHAR)`;
const underscore = `CAST(${failure("BIGINT", `'LIKE pattern has ''_'' which is not allowed when its operands have collation: ' || s`)} AS VARCHAR)`;

const strings: readonly Macro[] = [
  // ASCII, or letters of Western Europe, which are their own NFKC form, and of which lower() is the same everywhere.
  macro("folds_simply(s)", `strlen(s) = length(s) OR regexp_full_match(s, '[\\x00-\\x7FÀ-ÖØ-öø-ÿ]*')`),
  // Among these characters und:ci takes none for another but in lower and upper case, passes none over, and composes none of several.
  macro(
    "caseless(s)",
    `CASE WHEN s IS NULL OR regexp_full_match(s, '${CASELESS}') THEN lower(s) ELSE ${notCaseless} END`,
  ),
  macro(
    "caseless_pattern(s)",
    String.raw`CASE WHEN regexp_matches(s, '^(?:[^_\\]|\\.)*_') THEN ${underscore} ELSE bq.caseless(s) END`,
  ),
  macro(
    "replace_caseless(s, a, b)",
    String.raw`CASE WHEN a = '' THEN s WHEN bq.caseless(s) IS NULL OR bq.caseless(a) IS NULL OR b IS NULL THEN NULL
      ELSE regexp_replace(s, regexp_escape(a), replace(b, '\', '\\'), 'gi') END`,
  ),
  macro(
    "split_caseless(s, d)",
    `CASE WHEN d = '' OR s = '' THEN bq.split(s, d) WHEN bq.caseless(s) IS NULL OR bq.caseless(d) IS NULL THEN NULL
      ELSE string_split_regex(s, '(?i)' || regexp_escape(d)) END`,
  ),
  macro("substr(s, p)", `substring(s, ${start("p", "length(s)")})`),
  macro(
    "substr(s, p, n)",
    `CASE WHEN n < 0 THEN ${refused("Third argument in SUBSTR() cannot be negative")} ELSE substring(s, ${start("p", "length(s)")}, CASE WHEN n > 4294967295 THEN 4294967295 ELSE n END) END`,
  ),
  macro(
    "left(s, n)",
    `CASE WHEN n < 0 THEN ${refused("Second argument in LEFT() cannot be negative")} ELSE substring(s, 1, CASE WHEN n > 4294967295 THEN 4294967295 ELSE n END) END`,
  ),
  macro(
    "right(s, n)",
    `CASE WHEN n < 0 THEN ${refused("Second argument in RIGHT() cannot be negative")} WHEN n = 0 THEN substring(s, 1, 0) ELSE substring(s, CASE WHEN n > length(s) THEN 1 ELSE -n END) END`,
  ),
  macro("split(s)", "bq.split(s, ',')"),
  macro("split(s, d)", "CASE WHEN d IS NULL THEN NULL WHEN s = '' THEN [s] ELSE string_split(s, d) END"),
  macro("lpad(s, n)", "bq.lpad(s, n, ' ')"),
  padded("lpad"),
  macro("rpad(s, n)", "bq.rpad(s, n, ' ')"),
  padded("rpad"),
  macro(
    "repeat(s, n)",
    `CASE WHEN n < 0 THEN ${refused("Second argument (repeat count) for REPEAT cannot be negative")} ELSE repeat(s, n) END`,
  ),
  macro("replace(s, f, t)", "CASE WHEN f = '' AND t IS NOT NULL THEN s ELSE replace(s, f, t) END"),
  macro(
    "initcap(s)",
    `array_to_string(list_transform(regexp_extract_all(s, '[${WORD_DELIMITERS}]+|[^${WORD_DELIMITERS}]+'),
      lambda w: CASE WHEN w[1] = 'ß' THEN 'ß' ELSE upper(w[1]) END || lower(substring(w, 2))), '')`,
  ),
  macro("trim(s)", `trim(s, ${WHITE_SPACE})`),
  macro("trim(s, c)", "trim(s, c)"),
  macro("ltrim(s)", `ltrim(s, ${WHITE_SPACE})`),
  macro("ltrim(s, c)", "ltrim(s, c)"),
  macro("rtrim(s)", `rtrim(s, ${WHITE_SPACE})`),
  macro("rtrim(s, c)", "rtrim(s, c)"),
  // Beyond ASCII GoogleSQL maps case as Unicode's SpecialCasing says, DuckDB one code point to one.
  macro("upper(s)", "CASE WHEN strlen(s) = length(s) THEN upper(s) ELSE bq_upper(s) END"),
  macro("lower(s)", "CASE WHEN strlen(s) = length(s) THEN lower(s) ELSE bq_lower(s) END"),
  macro("strpos(s, f)", "strpos(s, f)"),
  macro("instr(s, f)", "strpos(s, f)"),
  macro("byte_length(s)", "strlen(s)"),
  macro("char_length(s)", "length(s)"),
  // DuckDB reverses grapheme clusters, GoogleSQL code points.
  macro(
    "reverse(s)",
    "CASE WHEN strlen(s) = length(s) THEN reverse(s) ELSE array_to_string(list_reverse(list_transform(bq_code_points(s), lambda p: chr(CAST(p AS INTEGER)))), '') END",
  ),
  macro(
    "ascii(s)",
    `CASE WHEN s = '' THEN CAST(0 AS BIGINT) WHEN ascii(s) < 128 THEN CAST(ascii(s) AS BIGINT) WHEN s IS NULL THEN NULL
      ELSE ${failure("BIGINT", "concat('Argument to ASCII is not a structurally valid ASCII string: ''', s, '''')")} END`,
  ),
  macro("starts_with(s, f)", "starts_with(s, f)"),
  macro("ends_with(s, f)", "ends_with(s, f)"),
];

/** Regular expressions: both engines use RE2. */
const regularExpressions: readonly Macro[] = [
  macro("regexp_contains(s, pattern)", "regexp_matches(s, pattern)"),
  // DuckDB answers '' where nothing matches and where the group took no part; regexp_extract_all tells those apart.
  macro(
    "regexp_extract(s, pattern)",
    `CASE WHEN ${groups} > 1 THEN ${tooManyGroups("VARCHAR")}
      WHEN regexp_extract(s, ${grouped}, 1) <> '' THEN regexp_extract(s, ${grouped}, 1)
      ELSE regexp_extract_all(s, ${grouped}, 1)[1] END`,
  ),
  // Where the pattern can match nothing, the engines differ in what they find at the end.
  macro(
    "regexp_extract_all(s, pattern)",
    `CASE WHEN ${groups} > 1 THEN [${tooManyGroups("VARCHAR")}]
      WHEN regexp_matches('', pattern) OR contains(pattern, '\\b') OR contains(pattern, '\\B')
      THEN bq_regexp_extract_all(s, pattern)
      ELSE list_transform(regexp_extract_all(s, ${grouped}, 1), lambda x: coalesce(x, '')) END`,
  ),
  macro("regexp_replace(s, pattern, r)", "regexp_replace(s, pattern, r, 'g')"),
];

const bytes: readonly Macro[] = [
  macro("byte_length_bytes(b)", "octet_length(CAST(b AS BLOB))"),
  // DuckDB does not slice BLOB: two hexadecimal digits a byte.
  macro("substr_bytes(b, p)", `unhex(substring(hex(b), ${hexStart}))`),
  macro(
    "substr_bytes(b, p, n)",
    `CASE WHEN n < 0 THEN encode(${refused("Third argument in SUBSTR() cannot be negative")})
      ELSE unhex(substring(hex(b), ${hexStart}, 2 * n)) END`,
  ),
  macro("to_hex(b)", "lower(hex(b))"),
  macro("from_hex(s)", "unhex(s)"),
  macro("to_base64(b)", "base64(b)"),
  macro("from_base64(s)", "from_base64(s)"),
  macro("md5(b)", "unhex(md5(b))"),
  macro("sha1(b)", "unhex(sha1(b))"),
  macro("sha256(b)", "unhex(sha256(b))"),
  macro("md5_string(s)", "unhex(md5(s))"),
  macro("sha1_string(s)", "unhex(sha1(s))"),
  macro("sha256_string(s)", "unhex(sha256(s))"),
  macro("md5_hex(s)", "md5(s)"),
  macro("sha256_hex(s)", "sha256(s)"),
];

/** STRING and BYTES functions; positions and lengths count code points. Source: GoogleSQL's string.cc and regexp.cc. */
export const STRING_MACROS: readonly Macro[] = [...strings, ...regularExpressions, ...bytes];
