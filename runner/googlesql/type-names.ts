import type { ScalarType } from "../port/sql-types.js";

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
  GEOGRAPHY: "GEOGRAPHY",
};
