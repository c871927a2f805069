// Functions of NUMERIC and BIGNUMERIC that give their own type.
// https://cloud.google.com/bigquery/docs/reference/standard-sql/mathematical_functions
const VALUES = ["1", "2.5", "0.000000001", "10", "0.5", "7", "123456.789"];
const TYPES = ["NUMERIC", "BIGNUMERIC"];
export const queries = TYPES.flatMap((type) => [
  ...VALUES.map(
    (value) =>
      `SELECT SQRT(${type} '${value}'), LN(${type} '${value}'), LOG10(${type} '${value}'), LOG(${type} '${value}')`,
  ),
  ...["1", "-3", "0", "2.5", "60.1", "-20.7"].map((value) => `SELECT EXP(${type} '${value}')`),
  ...VALUES.slice(0, 6).flatMap((value) =>
    ["2", "0.5", "-1.5", "0"].map((power) => `SELECT POW(${type} '${value}', ${type} '${power}')`),
  ),
  `SELECT POW(${type} '-2', ${type} '3'), POW(${type} '-2', ${type} '-2'), POWER(${type} '1.1', 30)`,
  `SELECT LOG(${type} '8', ${type} '2'), LOG(${type} '2', ${type} '8'), LOG(${type} '10', ${type} '0.1')`,
  `SELECT SQRT(${type} '-1')`,
  `SELECT LN(${type} '0')`,
  `SELECT POW(${type} '0', ${type} '-1')`,
  `SELECT POW(${type} '-8', ${type} '0.5')`,
  `SELECT LOG(${type} '5', ${type} '1')`,
  `SELECT SAFE.LN(${type} '-1'), SAFE.POW(${type} '99999999999', 30)`,
]);
