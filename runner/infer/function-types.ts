/**
 * What the arguments and the result of a function are: a type, `number`, `same` (arguments and result are of one type), `array` of
 * what is the same, `any`, or `part` (a word such as MONTH, no expression). `~` before a type: it is merely likely. The last one holds
 * for all further arguments. The signatures are those of
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/functions-all
 */
export interface FunctionTypes {
  readonly args: readonly string[];
  readonly result: string;
}

const SIGNATURES: Readonly<Record<string, string>> = {
  "LOWER UPPER TRIM LTRIM RTRIM INITCAP REPLACE TRANSLATE REGEXP_REPLACE REGEXP_EXTRACT REGEXP_SUBSTR NORMALIZE SOUNDEX":
    "STRING -> STRING",
  "REVERSE ": "~STRING -> STRING",
  "SUBSTR SUBSTRING LEFT RIGHT": "STRING, INT64 -> STRING",
  "LPAD RPAD": "STRING, INT64, STRING -> STRING",
  "REPEAT ": "STRING, INT64 -> STRING",
  "REGEXP_CONTAINS STARTS_WITH ENDS_WITH CONTAINS_SUBSTR": "STRING -> BOOL",
  "LENGTH CHAR_LENGTH CHARACTER_LENGTH BYTE_LENGTH": "~STRING -> INT64",
  "STRPOS INSTR": "STRING, STRING, INT64 -> INT64",
  "REGEXP_EXTRACT_ALL ": "STRING -> array STRING",
  "SPLIT ": "STRING -> array STRING",
  "CONCAT ": "STRING -> STRING",
  "STRING_AGG ": "STRING, STRING -> STRING",
  "FORMAT ": "STRING, any -> STRING",
  "TO_JSON_STRING TO_JSON STRING": "any -> STRING",
  "MD5 SHA1 SHA256 SHA512": "STRING -> BYTES",
  "TO_HEX TO_BASE64": "BYTES -> STRING",
  "FROM_HEX FROM_BASE64": "STRING -> BYTES",
  "FARM_FINGERPRINT ": "STRING -> INT64",
  "JSON_VALUE JSON_EXTRACT_SCALAR": "~STRING, STRING -> STRING",
  "JSON_QUERY JSON_EXTRACT": "~STRING, STRING -> any",
  "JSON_EXTRACT_ARRAY JSON_QUERY_ARRAY": "~STRING, STRING -> array any",
  "JSON_VALUE_ARRAY JSON_EXTRACT_STRING_ARRAY": "~STRING, STRING -> array STRING",
  "LAX_STRING ": "JSON -> STRING",
  "LAX_INT64 INT64": "JSON -> INT64",
  "LAX_FLOAT64 FLOAT64": "JSON -> FLOAT64",
  "LAX_BOOL BOOL": "JSON -> BOOL",
  "PARSE_JSON ": "STRING -> JSON",
  "NET.HOST NET.REG_DOMAIN NET.PUBLIC_SUFFIX": "STRING -> STRING",
  "PARSE_DATE ": "STRING -> DATE",
  "PARSE_DATETIME ": "STRING -> DATETIME",
  "PARSE_TIMESTAMP ": "STRING -> TIMESTAMP",
  "PARSE_TIME ": "STRING -> TIME",
  "PARSE_NUMERIC ": "STRING -> NUMERIC",
  "FORMAT_DATE ": "STRING, ~DATE -> STRING",
  "FORMAT_DATETIME ": "STRING, ~DATETIME -> STRING",
  "FORMAT_TIMESTAMP ": "STRING, TIMESTAMP, STRING -> STRING",
  "DATE_ADD DATE_SUB": "~DATE, part -> DATE",
  "DATE_DIFF ": "~DATE, ~DATE, part -> INT64",
  "DATE_TRUNC LAST_DAY": "~DATE, part -> DATE",
  "UNIX_DATE ": "DATE -> INT64",
  "DATE_FROM_UNIX_DATE ": "INT64 -> DATE",
  "TIMESTAMP_ADD TIMESTAMP_SUB": "TIMESTAMP, part -> TIMESTAMP",
  "TIMESTAMP_DIFF ": "TIMESTAMP, TIMESTAMP, part -> INT64",
  "TIMESTAMP_TRUNC ": "TIMESTAMP, part, STRING -> TIMESTAMP",
  "DATETIME_ADD DATETIME_SUB": "~DATETIME, part -> DATETIME",
  "DATETIME_DIFF ": "~DATETIME, ~DATETIME, part -> INT64",
  "DATETIME_TRUNC ": "~DATETIME, part -> DATETIME",
  "TIMESTAMP_SECONDS TIMESTAMP_MILLIS TIMESTAMP_MICROS": "INT64 -> TIMESTAMP",
  "UNIX_SECONDS UNIX_MILLIS UNIX_MICROS": "TIMESTAMP -> INT64",
  "TIMESTAMP ": "~TIMESTAMP, STRING -> TIMESTAMP",
  "DATETIME ": "~TIMESTAMP, any -> DATETIME",
  "TIME ": "~TIMESTAMP, any -> TIME",
  "CURRENT_DATE ": "STRING -> DATE",
  "CURRENT_TIMESTAMP ": "any -> TIMESTAMP",
  "CURRENT_DATETIME ": "STRING -> DATETIME",
  "CURRENT_TIME ": "STRING -> TIME",
  "GENERATE_DATE_ARRAY ": "DATE, DATE, part -> array DATE",
  "GENERATE_TIMESTAMP_ARRAY ": "TIMESTAMP, TIMESTAMP, part -> array TIMESTAMP",
  "GENERATE_ARRAY ": "number -> array INT64",
  "SUM ": "number -> number",
  "AVG STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VAR_POP VAR_SAMP CORR COVAR_POP COVAR_SAMP": "number -> FLOAT64",
  "ROUND CEIL CEILING FLOOR TRUNC ABS SIGN": "number, INT64 -> number",
  "SQRT EXP LN LOG LOG10 POW POWER SAFE_DIVIDE IEEE_DIVIDE SIN COS TAN ACOS ASIN ATAN ATAN2": "number -> FLOAT64",
  "SAFE_ADD SAFE_SUBTRACT SAFE_MULTIPLY SAFE_NEGATE": "number -> number",
  "MOD DIV": "INT64 -> INT64",
  "APPROX_QUANTILES ": "number, INT64 -> array number",
  "PERCENTILE_CONT ": "number, FLOAT64 -> FLOAT64",
  "PERCENTILE_DISC ": "same, FLOAT64 -> same",
  "COUNT COUNTIF APPROX_COUNT_DISTINCT ROW_NUMBER RANK DENSE_RANK NTILE": "any -> INT64",
  "PERCENT_RANK CUME_DIST RAND": "any -> FLOAT64",
  "LOGICAL_AND LOGICAL_OR": "BOOL -> BOOL",
  "COALESCE IFNULL NULLIF GREATEST LEAST": "same -> same",
  "IF ": "BOOL, same -> same",
  "MIN MAX ANY_VALUE FIRST_VALUE LAST_VALUE": "same, any -> same",
  "NTH_VALUE MAX_BY MIN_BY": "same, any -> same",
  "LAG LEAD": "same, INT64, same -> same",
  "ARRAY_AGG ": "same, any -> array same",
  "ARRAY_CONCAT_AGG ARRAY_REVERSE ARRAY_CONCAT": "array -> array same",
  "ARRAY_LENGTH ": "array -> INT64",
  "ARRAY_TO_STRING ": "array STRING, STRING -> STRING",
  "GENERATE_UUID SESSION_USER": "any -> STRING",
  "ST_GEOGPOINT ": "FLOAT64, FLOAT64 -> GEOGRAPHY",
  "ST_GEOGFROMTEXT ST_GEOGFROMGEOJSON ST_GEOGFROM ST_GEOGPOINTFROMGEOHASH": "STRING, any -> GEOGRAPHY",
  "ST_ASTEXT ST_ASGEOJSON ST_GEOMETRYTYPE ST_GEOHASH": "GEOGRAPHY, INT64 -> STRING",
  "ST_X ST_Y ST_AREA ST_LENGTH ST_PERIMETER": "GEOGRAPHY, any -> FLOAT64",
  "ST_DISTANCE ST_MAXDISTANCE ST_AZIMUTH": "GEOGRAPHY, GEOGRAPHY, any -> FLOAT64",
  "ST_NUMPOINTS ST_NPOINTS ST_NUMGEOMETRIES ST_DIMENSION S2_CELLIDFROMPOINT": "GEOGRAPHY, any -> INT64",
  "ST_INTERSECTS ST_DISJOINT ST_CONTAINS ST_WITHIN ST_COVERS ST_COVEREDBY ST_TOUCHES ST_EQUALS": "GEOGRAPHY -> BOOL",
  "ST_DWITHIN ": "GEOGRAPHY, GEOGRAPHY, FLOAT64 -> BOOL",
  "ST_INTERSECTSBOX ": "GEOGRAPHY, FLOAT64 -> BOOL",
  "ST_UNION_AGG ST_CENTROID_AGG ST_CENTROID ST_BOUNDARY ST_CONVEXHULL ST_INTERSECTION ST_DIFFERENCE":
    "GEOGRAPHY -> GEOGRAPHY",
};

const FUNCTIONS: ReadonlyMap<string, FunctionTypes> = new Map(
  Object.entries(SIGNATURES).flatMap(([names, text]) => {
    const [args = "", result = ""] = text.split(" -> ");
    return names
      .trim()
      .split(" ")
      .map((name) => [name, { args: args.split(", "), result }] as const);
  }),
);

/** What is known of a function of a number of arguments; undefined: nothing. */
export function functionTypes(name: string, count: number): FunctionTypes | undefined {
  if (name === "COUNTIF") return { args: ["BOOL"], result: "INT64" };
  if (name === "DATE" && count > 1)
    return count === 3 ? { args: ["INT64"], result: "DATE" } : { args: ["TIMESTAMP", "STRING"], result: "DATE" };
  if (name === "DATE") return { args: ["~TIMESTAMP"], result: "DATE" };
  if ((name === "DATETIME" || name === "TIME") && count >= 3) return { args: ["INT64"], result: name };
  return FUNCTIONS.get(name);
}
