// Functions of NUMERIC and BIGNUMERIC that give their own type: SQRT and whole powers. Logarithms, EXP and fractional powers keep this build of
// the reference busy for ever. https://cloud.google.com/bigquery/docs/reference/standard-sql/mathematical_functions
const VALUES = ["1", "2.5", "0.000000001", "10", "0.5", "7", "123456.789", "0", "-3.7", "99999999999.123456789"];
const POWERS = ["2", "-2", "0", "3"];
export const queries = ["NUMERIC", "BIGNUMERIC"].flatMap((type) => [
  ...VALUES.map((value) => `SELECT SQRT(${type} '${value}')`),
  ...VALUES.flatMap((value) => POWERS.map((power) => `SELECT POW(${type} '${value}', ${type} '${power}')`)),
]);
