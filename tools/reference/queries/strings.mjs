import { each, select } from "./templates.mjs";

// https://cloud.google.com/bigquery/docs/reference/standard-sql/string_functions
export const queries = [
  ...each(["'hello'", "''", "'Ünïcödé'", "NULL", "'a b\\tc'", "b'h\\xffi'"], "LENGTH($)", "UPPER($)", "LOWER($)", "REVERSE($)", "BYTE_LENGTH($)"),
  ...each(["'hello world'", "'ÉCOLE dé'", "CAST(NULL AS STRING)"], "INITCAP($)", "CHAR_LENGTH($)", "ASCII(LEFT($, 0))", "TO_CODE_POINTS($)", "TO_BASE64(CAST($ AS BYTES))", "TO_HEX(CAST($ AS BYTES))", "MD5($)", "SHA1($)", "SHA256($)", "SHA512($)", "FARM_FINGERPRINT($)", "SPLIT($, ' ')", "SPLIT($, '')", "SOUNDEX($)", "TRIM($)", "LTRIM($, 'hÉ')", "RTRIM($, 'dé')"),
  ...each(["1", "0", "-2", "10", "-10", "NULL"], "SUBSTR('hello', $)", "SUBSTR('hello', $, 2)", "SUBSTR(b'hello', $)", "SUBSTR(b'hello', $, 2)"),
  ...each(["0", "2", "9"], "LEFT('héllo', $)", "RIGHT('héllo', $)", "LPAD('ab', $, 'xyz')", "RPAD('ab', $, 'xyz')", "LPAD('ab', $)", "RPAD('ab', $)", "REPEAT('ab', $)", "LEFT(b'abc', $)", "RIGHT(b'abc', $)", "LPAD(b'ab', $, b'xy')", "REPEAT(b'ab', $)"),
  ...select(
    "LEFT('a', -1)", "REPEAT('a', -1)", "LPAD('a', 5, '')", "SUBSTR('a', 1, -1)",
    "CONCAT('a', 'b', 'c')", "CONCAT('a', NULL)", "CONCAT(b'a', b'b')", "'a' || 'b' || NULL", "b'a' || b'b'", "[1] || [2, 3]",
    "REPLACE('banana', 'an', 'x')", "REPLACE('banana', '', 'x')", "REPLACE('a', 'a', NULL)", "REPLACE(b'banana', b'an', b'')",
    "STARTS_WITH('hello', 'he')", "ENDS_WITH('hello', 'lo')", "STARTS_WITH(b'hello', b'x')", "STARTS_WITH('', '')",
    "STRPOS('hello', 'l')", "STRPOS('hello', 'z')", "STRPOS(b'hello', b'l')", "INSTR('banana', 'an')", "INSTR('banana', 'an', 3)", "INSTR('banana', 'an', 1, 2)", "INSTR('banana', 'an', -1)", "INSTR('banana', 'an', -3, 1)", "INSTR('banana', 'x', 1, 1)", "INSTR('banana', 'a', 0)", "INSTR('banana', 'a', 1, 0)", "INSTR('helloooo', 'oo', -2, 2)",
    "TRANSLATE('This is a cookie', 'sco', 'zku')", "TRANSLATE('abcd', 'abc', 'x')", "TRANSLATE('abcd', 'aa', 'xy')", "TRANSLATE(b'abc', b'b', b'z')",
    "SPLIT('a,b,,c')", "SPLIT('', ',')", "SPLIT('abc', 'x')", "SPLIT(b'a b c', b' ')", "SPLIT(NULL)", "SPLIT('a::b', '::')",
    "TRIM('  a  ')", "TRIM('\\u00a0a\\u3000')", "TRIM('xxaxx', 'x')", "TRIM(b'xxaxx', b'x')", "LTRIM('abcab', 'ab')", "RTRIM('abcab', 'ab')",
    "CODE_POINTS_TO_STRING([65, 255, 513, 1024])", "CODE_POINTS_TO_STRING([97, NULL])", "CODE_POINTS_TO_BYTES([65, 98, 67, 100])", "CODE_POINTS_TO_BYTES([256])", "CODE_POINTS_TO_STRING([55296])", "TO_CODE_POINTS(b'\\x00\\xff')",
    "CHR(65)", "CHR(0)", "CHR(128512)", "CHR(-1)", "CHR(NULL)", "ASCII('abcd')", "ASCII('')", "ASCII('é')", "UNICODE('âbcd')", "UNICODE('')", "UNICODE(NULL)",
    "FROM_BASE64('/+A=')", "FROM_BASE64('YWJj')", "FROM_BASE64('*')", "FROM_HEX('00010203aaEEefFF')", "FROM_HEX('0AF')", "FROM_HEX('zz')", "TO_BASE64(b'\\377\\340')", "TO_HEX(b'\\x00\\x01\\xaa')", "FROM_BASE32('MFRGGZDF74======')",
    "SAFE_CONVERT_BYTES_TO_STRING(b'\\xc2')", "SAFE_CONVERT_BYTES_TO_STRING(b'a\\xffb')", "CAST(b'\\xff' AS STRING)", "SAFE_CAST(b'\\xff' AS STRING)",
    "NORMALIZE('\\u00ea')", "NORMALIZE('e\\u0302', NFC)", "NORMALIZE('\\u00ea', NFD)", "NORMALIZE('\\u2168', NFKC)", "NORMALIZE_AND_CASEFOLD('The red barn')", "NORMALIZE_AND_CASEFOLD('\\u2168', NFKC)",
    "INITCAP('hello world-foo bar', '-')", "INITCAP('o\\'neil mc-donald')", "INITCAP('')",
    "OCTET_LENGTH('абв')", "CHARACTER_LENGTH('абв')", "LOWER('İ')", "UPPER('straße')", "UPPER(b'ab\\xe4')",
    "'abc' LIKE 'a%'", "'abc' LIKE 'a_'", "'a%c' LIKE r'a\\%c'", "b'abc' LIKE b'a%'", "'abc' LIKE NULL", "'abc' NOT LIKE 'a%'", "'ab\\ncd' LIKE 'ab%cd'", "'abc' LIKE ANY ('x', 'a%')", "'abc' LIKE ALL ('a%', '%c')", "'abc' LIKE ANY ('x', NULL)", "'abc' NOT LIKE ALL ('x%', 'y%')", "'A' LIKE 'a'", "'a' LIKE '\\\\'",
    "'a' < 'b'", "'a' < 'B'", "'é' > 'z'", "'😀' > '\\uffff'", "b'a' < b'\\xff'", "'' < 'a'",
  ),
];
