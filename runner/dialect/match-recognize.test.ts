import { expect, it } from "vitest";
import { translateQuery } from "./index.js";

it.each(["", " AS t"])("MATCH_RECOGNIZE is refused by its name: (..)%s", (alias) => {
  const sql = `SELECT * FROM (SELECT 1 AS a)${alias} MATCH_RECOGNIZE (ORDER BY a PATTERN (x) DEFINE x AS TRUE)`;
  expect(() => translateQuery(sql, { find: () => undefined, names: () => [] })).toThrow("MATCH_RECOGNIZE is not");
});
