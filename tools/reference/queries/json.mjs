import { each, select } from "./templates.mjs";

// https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions
const TEXT = `'{"a": {"b": [1, "x", null, {"c": true}]}, "d.e": 1.50, "f": "g\\\\"h"}'`;
export const queries = [
  ...each(["'$'", "'$.a'", "'$.a.b'", "'$.a.b[0]'", "'$.a.b[1]'", "'$.a.b[2]'", "'$.a.b[3].c'", "'$.a.b[9]'", "'$.z'", "'$.\"d.e\"'", "'$.f'"], `JSON_QUERY(${TEXT}, $)`, `JSON_VALUE(${TEXT}, $)`, `JSON_QUERY(JSON ${TEXT}, $)`, `JSON_VALUE(JSON ${TEXT}, $)`, `JSON_QUERY_ARRAY(${TEXT}, $)`, `JSON_VALUE_ARRAY(${TEXT}, $)`),
  ...each(["'$'", `"$['a']"`, `"$['d.e']"`, "'$.a.b[1]'", "'$.f'"], `JSON_EXTRACT(${TEXT}, $)`, `JSON_EXTRACT_SCALAR(${TEXT}, $)`, `JSON_EXTRACT_ARRAY(${TEXT}, $)`, `JSON_EXTRACT_STRING_ARRAY(${TEXT}, $)`),
  ...each(["1", "1.5", "'x'", "null", "true", "DATE '2020-01-02'", "TIMESTAMP '2020-01-02 03:04:05'", "[1, 2]", "STRUCT(1 AS b, 'x' AS a)", "NUMERIC '1.5'", "b'abc'", "9007199254740993", "[STRUCT(1 AS x)]", "CAST('nan' AS FLOAT64)", "DATETIME '2020-01-02 03:04:05.6'", "TIME '01:02:03'", "JSON '{\"b\":1, \"a\":2}'"], "TO_JSON($)", "TO_JSON_STRING($)"),
  ...each(["JSON '1'", "JSON '1.0'", "JSON '1.5'", "JSON '\"10\"'", "JSON '\"x\"'", "JSON 'true'", "JSON 'null'", "JSON '[1]'", "JSON '1e20'", "JSON '\"1.6\"'"], "JSON_TYPE($)", "LAX_INT64($)", "LAX_FLOAT64($)", "LAX_BOOL($)", "LAX_STRING($)", "SAFE.INT64($)", "SAFE.FLOAT64($)", "SAFE.BOOL($)", "SAFE.STRING($)"),
  ...select(
    "INT64(JSON '10.1')", "FLOAT64(JSON '\"x\"')", "BOOL(JSON '1')", "STRING(JSON '1')",
    "PARSE_JSON('{\"b\": 1, \"a\": [1e3, 0.10, -0.0]}')", "PARSE_JSON('{\"a\":')", "PARSE_JSON('1.2345678901234567890123', wide_number_mode=>'round')", "PARSE_JSON('1.2345678901234567890123')", "SAFE.PARSE_JSON('x')", "PARSE_JSON('123456789012345678901234567890', wide_number_mode=>'round')",
    "JSON '{\"x\":1.50, \"y\":100000000000000000000.0, \"z\":0.00001, \"w\":1e15, \"v\":1e16}'", "JSON '{\"a\":1, \"a\":2}'", "JSON '\"\\\\u00e9\\\\n\"'", "JSON '[1,]'",
    "JSON '{\"a\":{\"b\":[1,2]}}'.a.b[1]", "JSON '{\"a\":1}'['a']", "JSON '[1]'['a']", "JSON '{\"a\":1}'.z", "JSON '[[1]]'[0][0]", "JSON '{\"a\":1}'[CONCAT('a','')]",
    "JSON_ARRAY()", "JSON_ARRAY(1, 'a', NULL, [1, 2])", "JSON_OBJECT()", "JSON_OBJECT('b', 1, 'a', 'x')", "JSON_OBJECT('a', 1, 'a', 2)", "JSON_OBJECT(['a', 'b'], [1, 2])", "JSON_OBJECT('a')", "JSON_OBJECT('a', JSON 'null', 'b', STRUCT(1 AS c))",
    "JSON_SET(JSON '{\"a\": 1}', '$', JSON '{\"b\": 2}')", "JSON_SET(JSON '{\"a\": 1}', '$.b', 2)", "JSON_SET(JSON '{\"a\": [1, 2]}', '$.a[3]', 9)", "JSON_SET(JSON '{\"a\": 1}', '$.a', 5, '$.c.d', 'x')", "JSON_SET(JSON '{\"a\": 1}', '$.a.b', 1)", "JSON_SET(JSON 'null', '$.a[1]', 1)",
    "JSON_REMOVE(JSON '{\"a\": [1, 2, 3], \"b\": 1}', '$.a[1]', '$.b')", "JSON_REMOVE(JSON '{\"a\": 1}', '$.z')",
    "JSON_ARRAY_APPEND(JSON '[\"a\"]', '$', 1)", "JSON_ARRAY_APPEND(JSON '[\"a\"]', '$', [1, 2])", "JSON_ARRAY_APPEND(JSON '{\"a\": 1}', '$.a', 1)", "JSON_ARRAY_APPEND(JSON '{\"a\": null}', '$.a', 1)", "JSON_ARRAY_APPEND(JSON '[\"a\"]', '$', [1, 2], append_each_element=>FALSE)",
    "JSON_ARRAY_INSERT(JSON '[\"a\", [\"b\", \"c\"], \"d\"]', '$[1]', 1)", "JSON_ARRAY_INSERT(JSON '[\"a\"]', '$[3]', [1, 2])", "JSON_ARRAY_INSERT(JSON '[\"a\"]', '$[0]', [1, 2], insert_each_element=>FALSE)",
    "JSON_STRIP_NULLS(JSON '{\"a\": null, \"b\": [null, 1], \"c\": {\"d\": null}}')", "JSON_STRIP_NULLS(JSON '{\"a\": null, \"b\": [null]}', include_arrays=>FALSE)", "JSON_STRIP_NULLS(JSON '{\"a\": {\"b\": null}}', remove_empty=>TRUE)",
    "TO_JSON_STRING(STRUCT(1 AS a, [1, 2] AS b), TRUE)", "TO_JSON_STRING(STRUCT(1, 2 AS b))", "TO_JSON_STRING('\\u2028\\x01\"\\\\')", "TO_JSON(9007199254740993, stringify_wide_numbers=>TRUE)", "JSON_VALUE('{\"a\":1', '$.b')", "JSON_QUERY('x', 'a')", "JSON_QUERY('{}', '$.a[')",
  ),
];
