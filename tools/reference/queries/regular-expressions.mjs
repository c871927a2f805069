import { each, select } from "./templates.mjs";

// https://cloud.google.com/bigquery/docs/reference/standard-sql/string_functions#regexp_contains
export const queries = [
  ...each(["r'a.c'", "r'^abc$'", "r'(?i)ABC'", "r'b+'", "r'[[:alpha:]]+'", "r'\\d'", "r'(b)(c)?'", "r'x|c$'", "r'\\bab'", "NULL", "r'('"], "REGEXP_CONTAINS('abc', $)"),
  ...each(["r'a.c'", "r'b'", "r'(b)c'", "r'x'", "r'(x)?b'", "r'a*'", "r'^b'", "r'(?:a)(b)'"], "REGEXP_EXTRACT('abc abc', $)", "REGEXP_EXTRACT_ALL('abcabc', $)"),
  ...select(
    "REGEXP_EXTRACT('foo@example.com', r'^[a-zA-Z0-9_.+-]+')", "REGEXP_EXTRACT('abcabc', 'b', 3)", "REGEXP_EXTRACT('abcabc', 'b.', 1, 2)", "REGEXP_EXTRACT('abc', 'b', 5)", "REGEXP_EXTRACT('abc', '(a)(b)')", "REGEXP_EXTRACT('abc', 'b', 0)", "REGEXP_EXTRACT(b'abc', b'b.')", "REGEXP_EXTRACT('héllo hello', 'l+', 1, 2)", "REGEXP_SUBSTR('Hello World', 'W.*')",
    "REGEXP_EXTRACT_ALL('banana', 'a*')", "REGEXP_EXTRACT_ALL('Try `func(x)` or `func(y)`', '`(.+?)`')", "REGEXP_EXTRACT_ALL('', 'x*')", "REGEXP_EXTRACT_ALL(b'abab', b'a.')", "REGEXP_EXTRACT_ALL('abc', 'z')", "REGEXP_EXTRACT_ALL(NULL, 'z')",
    "REGEXP_REPLACE('# Heading', r'^# ([a-zA-Z0-9\\s]+$)', '<h1>\\\\1</h1>')", "REGEXP_REPLACE('abc', 'b|', 'X')", "REGEXP_REPLACE('banana', 'a', 'o')", "REGEXP_REPLACE('abc', '(b)(c)', r'\\2\\1')", "REGEXP_REPLACE('abc', 'x', 'y')", "REGEXP_REPLACE(b'abc', b'b', b'X')", "REGEXP_REPLACE('a.b', r'\\.', '')", "REGEXP_REPLACE('abc', 'b', NULL)", "REGEXP_REPLACE('aaa', 'a*', 'x')",
    "REGEXP_INSTR('ab@cd-ef', '@[^-]*')", "REGEXP_INSTR('ab@d-ef', '@[^-]*', 1, 1, 1)", "REGEXP_INSTR('a@cd-ef b@cd-ef', '@[^-]*', 1, 2)", "REGEXP_INSTR('abc', 'x')", "REGEXP_INSTR('aaaa', 'a', 3)", "REGEXP_INSTR('abcabc', 'a(b)c')", "REGEXP_INSTR('éa', 'a')", "REGEXP_INSTR(b'abc', b'c')", "REGEXP_INSTR('abc', '(a)(b)')", "REGEXP_INSTR('abc', 'b', 0)",
    "SAFE.REGEXP_CONTAINS('abc', '(')", "SAFE.REGEXP_EXTRACT('abc', '(a)(b)')",
  ),
];
