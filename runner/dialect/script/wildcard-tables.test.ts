import { describe, expect, it } from "vitest";
import type { SqlValue } from "../../port/port.js";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, warehouse } = scriptsOn(`CREATE SCHEMA g; CREATE SCHEMA other;
    CREATE TABLE g.events_20240101 (name STRING, old INT64);
    INSERT INTO g.events_20240101 VALUES ('a', 1), ('b', 2);
    CREATE TABLE g.events_20240102 (n FLOAT64, name STRING);
    INSERT INTO g.events_20240102 VALUES (1.5, 'c');
    CREATE TABLE g.eventual (name STRING);
    CREATE TABLE g.mixed_1 (x INT64); CREATE TABLE g.mixed_2 (x STRING);
    CREATE TABLE g.seen_1 (x INT64); CREATE VIEW g.seen_2 AS SELECT 1 AS x`);

describe("wildcard tables", () => {
  it.each<[string, string, SqlValue[][]]>([
    [
      "have the columns of the newest table, NULL where an older one has none, and no suffix in a star",
      "SELECT * FROM `g.events_*` ORDER BY name",
      [
        [null, "a"],
        [null, "b"],
        [1.5, "c"],
      ],
    ],
    ["select by suffix", "SELECT name FROM `p.g.events_*` WHERE _TABLE_SUFFIX = '20240102'", [["c"]]],
    [
      "give the suffix by its name",
      "SELECT DISTINCT _table_suffix AS s FROM `g`.`events_*` ORDER BY s",
      [["20240101"], ["20240102"]],
    ],
    [
      "give the suffix of an alias",
      "SELECT e._TABLE_SUFFIX AS s, COUNT(*) AS n FROM `g.events_*` AS e GROUP BY 1 ORDER BY 1",
      [
        ["20240101", 2n],
        ["20240102", 1n],
      ],
    ],
    [
      "join each other by suffix",
      "SELECT COUNT(*) FROM `g.events_*` AS a JOIN `g.events_*` AS b ON a._TABLE_SUFFIX = b._TABLE_SUFFIX",
      [[5n]],
    ],
    [
      "take a shorter prefix",
      "SELECT COUNT(*) FROM `g.event*` WHERE _TABLE_SUFFIX BETWEEN 's_2024' AND 's_2025'",
      [[3n]],
    ],
  ])("%s", async (_name, sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });

  it.each([
    ["without a table", "SELECT *\nFROM `g.none_*`", "g.none_* does not match any table", "2:6"],
    ["in a dataset without a table", "SELECT * FROM `other.*`", "other.* does not match any table", "1:15"],
    ["over a view", "SELECT * FROM `g.seen_*`", "Views cannot be queried through prefix. First view g.seen_2", "1:15"],
    [
      "over tables of other types",
      "SELECT * FROM `g.mixed_*`",
      "Cannot read field x of g.mixed_1 of type INT64 as STRING",
      "1:15",
    ],
    [
      "with a star elsewhere",
      "SELECT * FROM `g.*_1`",
      "Wildcard table g.*_1 must be a dataset and a prefix with * at its end",
      "1:15",
    ],
    ["without backticks", "SELECT * FROM g.events_*", 'Syntax error: Expected end of input but got "*"', "1:24"],
    [
      "for its pseudo column in another table",
      "SELECT _TABLE_SUFFIX FROM g.eventual",
      "Unrecognized name: _TABLE_SUFFIX",
      "1:8",
    ],
  ])("is refused %s", async (_name, sql, message, place) => {
    const error = await warehouse()
      .script(sql)
      .then(
        () => undefined,
        (cause: Error & { line?: number; column?: number }) => cause,
      );
    expect([error?.message, `${error?.line}:${error?.column}`]).toEqual([message, place]);
  });
});
