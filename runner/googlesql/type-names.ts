import type { RangeType, ScalarType } from "../port/sql-types.js";

/** The scalar types by every name that they are written with, in upper case. */
export const SCALAR_TYPES: Readonly<Record<string, ScalarType>> = {
  INT64: "INT64",
  INT: "INT64",
  SMALLINT: "INT64",
  INTEGER: "INT64",
  BIGINT: "INT64",
  TINYINT: "INT64",
  BYTEINT: "INT64",
  FLOAT64: "FLOAT64",
  NUMERIC: "NUMERIC",
  DECIMAL: "NUMERIC",
  BIGNUMERIC: "BIGNUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
  BOOL: "BOOL",
  BOOLEAN: "BOOL",
  STRING: "STRING",
  BYTES: "BYTES",
  DATE: "DATE",
  DATETIME: "DATETIME",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMP",
  JSON: "JSON",
  INTERVAL: "INTERVAL",
  "RANGE<DATE>": "RANGE<DATE>",
  "RANGE<DATETIME>": "RANGE<DATETIME>",
  "RANGE<TIMESTAMP>": "RANGE<TIMESTAMP>",
  GEOGRAPHY: "GEOGRAPHY",
};

/**
 * The scalar types by the names that a schema of the API has for them, GoogleSQL's and the older ones, in upper case.
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema
 */
export const API_TYPES: ReadonlyMap<string, ScalarType> = new Map<string, ScalarType>([
  ["INTEGER", "INT64"],
  ["INT64", "INT64"],
  ["FLOAT", "FLOAT64"],
  ["FLOAT64", "FLOAT64"],
  ["BOOLEAN", "BOOL"],
  ["BOOL", "BOOL"],
  ["STRING", "STRING"],
  ["BYTES", "BYTES"],
  ["DATE", "DATE"],
  ["DATETIME", "DATETIME"],
  ["TIME", "TIME"],
  ["TIMESTAMP", "TIMESTAMP"],
  ["NUMERIC", "NUMERIC"],
  ["DECIMAL", "NUMERIC"],
  ["BIGNUMERIC", "BIGNUMERIC"],
  ["BIGDECIMAL", "BIGNUMERIC"],
  ["JSON", "JSON"],
  ["INTERVAL", "INTERVAL"],
  ["GEOGRAPHY", "GEOGRAPHY"],
]);

/** The ranges by the type of their ends. */
export const RANGE_TYPES: ReadonlyMap<string, RangeType> = new Map<string, RangeType>([
  ["DATE", "RANGE<DATE>"],
  ["DATETIME", "RANGE<DATETIME>"],
  ["TIMESTAMP", "RANGE<TIMESTAMP>"],
]);
