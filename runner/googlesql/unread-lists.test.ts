import { describe, expect, it } from "vitest";
import { unreadLists } from "./unread-lists.js";

const TABLES: Record<string, readonly string[]> = { "d.games": ["id", "Points"], "d.teams": ["id", "points"] };
const find = (path: string) => TABLES[path];

/** The query as somebody asks it who reads no column. */
function asked(sql: string): string {
  let text = "";
  let at = 0;
  for (const { start, end } of unreadLists(sql, find)) {
    text += `${sql.slice(at, start)} 1 `;
    at = end;
  }
  return text + sql.slice(at);
}

describe("lists of columns that nobody reads", () => {
  it("are those of one table's SELECTs, with UNION ALL between them", () => {
    const sql = (list: string) =>
      `SELECT ${list}\nFROM \`d.games\`\nWHERE NOT (points > 0)\nUNION ALL\nSELECT ${list} FROM d.games WHERE NOT (id IS NOT NULL)`;
    expect(asked(sql("'points > \\'0\\'' AS failing_row_condition,\n  *"))).toBe(sql(" 1 "));
    expect(asked("select*from d.games AS g WHERE id = 1")).toBe("select 1 from d.games AS g WHERE id = 1");
  });

  it.each([
    ["a name that is given twice", "SELECT 'x' AS points, * FROM d.games"],
    ["a table that nobody knows", "SELECT * FROM d.players"],
    ["no star", "SELECT 1 AS one FROM d.games"],
    ["an expression", "SELECT *, 1 / id AS part FROM d.games"],
    ["a column of the table besides", "SELECT *, id AS other FROM d.games"],
    ["some of the columns", "SELECT * EXCEPT (id) FROM d.games"],
    ["equal rows once", "SELECT DISTINCT * FROM d.games"],
    ["equal rows of both once", "SELECT * FROM d.games UNION DISTINCT SELECT * FROM d.games"],
    ["rows of one and not the other", "SELECT * FROM d.games EXCEPT DISTINCT SELECT * FROM d.games"],
    ["columns by name", "SELECT * FROM d.games UNION ALL BY NAME SELECT * FROM d.games"],
    ["groups", "SELECT * FROM d.games GROUP BY ALL"],
    ["windows", "SELECT * FROM d.games QUALIFY ROW_NUMBER() OVER (ORDER BY points) = 1"],
    ["some rows", "SELECT * FROM d.games ORDER BY points LIMIT 0"],
    ["two tables", "SELECT * FROM d.games JOIN d.games AS other USING (id)"],
    ["a query in FROM", "SELECT * FROM (SELECT * FROM d.games)"],
    ["a common table", "WITH games AS (SELECT * FROM d.games) SELECT * FROM games"],
    ["a record", "SELECT AS STRUCT * FROM d.games"],
    ["what is no query", "SELECT * FROM d.games WHERE"],
    ["tables that may not fit", "SELECT * FROM d.games UNION ALL SELECT * FROM d.teams"],
    ["lists that may not fit", "SELECT 'x' AS a, * FROM d.games UNION ALL SELECT *, 'x' AS a FROM d.games"],
    ["a number, which may be too large", "SELECT *, 99999999999999999999999 AS n FROM d.games"],
    ["a text that is none", "SELECT *, '\\q' AS x FROM d.games"],
    ["one arm of them", "SELECT * FROM d.games UNION ALL SELECT id, points FROM d.games"],
  ])("are not: %s", (_, sql) => {
    expect(asked(sql)).toBe(sql);
  });
});
