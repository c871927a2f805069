import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { files, folderAt, type PlacedUse, projects, settings, sources } from "./project-files.js";

/** Databases that are none. */
const databases: PlacedUse[] = [
  { args: ["run", "--database", "ODD/folder.duckdb"], says: /folder\.duckdb is a folder/ },
  { args: ["query", "SELECT 1", "--database", "ODD/folder.duckdb"], says: /folder\.duckdb is a folder/ },
  {
    args: ["query", "SELECT 1", "--database", "ODD/text.duckdb"],
    says: /text\.duckdb is damaged or not a DuckDB database/,
    code: 5,
  },
  { args: ["run", "--database", "ODD/text.duckdb"], says: /text\.duckdb is damaged or not a DuckDB database/, code: 5 },
  { args: ["load", "good", "--database", "ODD/text.duckdb"], says: /text\.duckdb is damaged/, code: 5 },
  { args: ["plan", "--database", "ODD/empty.duckdb"], says: /empty\.duckdb is damaged/, code: 5 },
  { args: ["plan", "--database", "ODD/nowhere.duckdb"], says: /there is no warehouse at .*nowhere\.duckdb/ },
  { args: ["verify", "--database", "ODD/nowhere.duckdb"], says: /there is no warehouse at/ },
  { args: ["gate", "--date", "2024-01-01", "--database", "ODD/nowhere.duckdb"], says: /there is no warehouse at/ },
  { args: ["explain", "total", "--database", "ODD/nowhere.duckdb"], says: /there is no warehouse at/ },
  { args: ["breaker", "--database", "ODD/nowhere.duckdb"], says: /there is no warehouse at/ },
  { args: ["breaker", "reset", "--database", "ODD/nowhere.duckdb"], says: /there is no warehouse at/ },
  {
    args: ["load", "good", "--database", "ODD/file/text/x.duckdb"],
    says: /x\.duckdb cannot be opened: a part of its path is not a folder/,
  },
  {
    args: ["load", "good", "--database", "/proc/nowhere/x.duckdb"],
    says: /the folder .* of the warehouse cannot be made/,
  },
  { args: ["run", "--database", "/proc/x.duckdb"], says: /\/proc\/x\.duckdb cannot be/ },
  { args: ["run", "--database", "ODD/circle"], says: /circle/ },
  { args: ["run", "--database", `ODD/${"x".repeat(300)}`], says: /too long/ },
  { args: ["run"], prepare: folderAt(".fastbreak/warehouse.duckdb"), says: /warehouse\.duckdb is a folder/ },
  {
    args: ["run", "--full-refresh"],
    prepare: folderAt(".fastbreak/running.json"),
    says: /running\.json: it is a folder/,
    code: 1,
  },
  {
    args: ["load", "good"],
    prepare: (dir) => {
      rmSync(join(dir, ".fastbreak"), { recursive: true });
      writeFileSync(join(dir, ".fastbreak"), "x");
    },
    says: /\.fastbreak/,
  },
];

/** Loaders that do not load. */
const loaders: PlacedUse[] = [
  { args: ["load"], says: /load needs a loader/ },
  { args: ["load", ""], says: /load needs a loader/ },
  { args: ["load", "goood"], says: /there is no loader goood; did you mean good\?/ },
  { args: ["load", "__proto__"], says: /there is no loader __proto__/ },
  { args: ["load", "constructor"], says: /there is no loader constructor/ },
  { args: ["load", "a\nb"], says: /there is no loader a b/ },
  { args: ["load", "good", "--games"], says: /--games needs a value/ },
  { args: ["load", "good", "--games="], says: /--games needs a value/ },
  { args: ["load", "good", "--games", "1", "--games", "2"], says: /--games is given twice/ },
  { args: ["load", "good", "--database"], says: /--database needs a value/ },
  {
    args: ["load", "missing"],
    says: /fastbreak\.json: loaders\.missing is loaders\/nowhere\.mjs, which does not exist/,
  },
  { args: ["load", "folder"], says: /fastbreak\.json: loaders\.folder is loaders, which is a folder/ },
  { args: ["load", "empty"], says: /loaders\.empty \(loaders\/empty\.mjs\) exports no function load/ },
  { args: ["load", "not_a_function"], says: /exports no function load/ },
  { args: ["load", "broken"], says: /loaders\.broken \(loaders\/broken\.mjs\) cannot be loaded/ },
  { args: ["load", "throws_on_import"], says: /cannot be loaded: no network/ },
  { args: ["load", "throws"], says: /loader throws \(loaders\/throws\.mjs\) failed: the service is down/, code: 1 },
  { args: ["load", "throws_null"], says: /loader throws_null .* failed: it gives no reason/, code: 1 },
  { args: ["load", "throws_nothing"], says: /failed: it gives no reason/, code: 1 },
  { args: ["load", "throws_text"], says: /failed: a text/, code: 1 },
  { args: ["load", "rejects"], says: /failed: x is not a function/, code: 1 },
  { args: ["load", "returns_nothing"], says: /failed: it returned no batches/, code: 1 },
  { args: ["load", "returns_text"], says: /failed: it returned no batches/, code: 1 },
  { args: ["load", "no_rows"], says: /failed: a batch has no table or no rows/, code: 1 },
  { args: ["load", "no_table"], says: /failed: a batch has no table or no rows/, code: 1 },
  { args: ["load", "null_row"], says: /failed: a row of raw\.numbers is no object/, code: 1 },
  { args: ["load", "wrong_type"], says: /column n: "many" is not/ },
  { args: ["load", "twice"], says: /raw\.numbers: two rows have the same key/ },
  { args: ["load", "fails_late"], says: /failed: line 2 is damaged/, code: 1 },
  { args: ["load", "fails_null_late"], says: /failed: it gives no reason/, code: 1 },
  { args: ["load", "refuses"], says: /box\.csv:3:1: no number/ },
  {
    args: ["load", "good"],
    files: settings("{}"),
    says: /there is no loader good; fastbreak\.json names none under loaders/,
  },
];

/** Queries that cannot be answered. */
const queries: PlacedUse[] = [
  { args: ["query"], says: /query needs SQL or --report/ },
  { args: ["query", ""], says: /the query is empty/ },
  { args: ["query", " \n\t"], says: /the query is empty/ },
  { args: ["query", "-- only a comment"], says: /a text that begins with - goes behind --/ },
  { args: ["query", "--", "-- only a comment"], says: /the query is empty/ },
  { args: ["query", "; ;"], says: /the query is empty/ },
  { args: ["query", "SELEC 1"], says: /SELEC/ },
  { args: ["query", "SELECT"], says: /Syntax error/ },
  { args: ["query", "SELECT 1,, 2"], says: /Syntax error/ },
  { args: ["query", "SELECT 'open"], says: /Unclosed string literal/ },
  { args: ["query", "SELECT 1 /* open"], says: /Unclosed comment/ },
  { args: ["query", "SELECT `open"], says: /Unclosed identifier/ },
  { args: ["query", "SELECT nothing"], says: /Unrecognized name: nothing/ },
  { args: ["query", "SELECT 1 FROM raw.nubmers"], says: /raw\.nubmers/ },
  { args: ["query", "SELECT 1 FROM nowhere.x"], says: /nowhere\.x/ },
  { args: ["query", "SELECT nn FROM raw.numbers"], says: /Unrecognized name: nn; Did you mean n\?/ },
  { args: ["query", "SELECT UNHEARD(1)"], says: /Function not found: UNHEARD/i },
  { args: ["query", "SELECT CAST('x' AS INT64)"], says: /x/, code: 1 },
  { args: ["query", "SELECT CAST(CONCAT('a', 'b') AS INT64)"], says: /Bad int64 value: ab/, code: 1 },
  { args: ["query", "SELECT 1 / (n - n) FROM raw.numbers"], says: /division by zero/i, code: 1 },
  { args: ["query", "SELECT ERROR('stop')"], says: /stop/, code: 1 },
  { args: ["query", "DROP TABLE raw.nowhere"], says: /raw\.nowhere/, code: 1 },
  { args: ["query", "CREATE TABLE raw.numbers (n INT64)"], says: /raw\.numbers/, code: 1 },
  { args: ["query", "INSERT INTO raw.numbers (zzz) VALUES (1)"], says: /zzz/ },
  { args: ["query", "PRAGMA database_list"], says: /PRAGMA/ },
  { args: ["query", "ATTACH 'x.duckdb'"], says: /ATTACH/ },
  { args: ["query", "SELECT * FROM read_csv('/etc/passwd')"], says: /read_csv/i },
  { args: ["query", "SELECT * FROM '/etc/passwd'"], says: /Syntax error/ },
  { args: ["query", "SELECT \u0000"], says: /Syntax error|character/ },
  { args: ["query", "SELECT 1", "SELECT 2"], says: /query takes only sql, but here is SELECT 2 too/ },
  { args: ["query", "SELECT 1", "--csv", "--json"], says: /give --csv or --json, not both/ },
  { args: ["query", "SELECT 1", "--report", "all"], says: /give a query or --report, not both/ },
  { args: ["query", "--report", "al"], says: /there is no report al; did you mean "all"\?/ },
  { args: ["query", "--report", "__proto__"], says: /there is no report __proto__/ },
  { args: ["query", "--report", "gone"], says: /report gone: reports\/gone\.sql cannot be read/ },
  { args: ["query", "--report", "empty"], says: /empty/ },
  { args: ["query", "--report", "wrong"], says: /Unrecognized name: nn/ },
  { args: ["query", "--report"], says: /report gone: reports\/gone\.sql cannot be read/ },
  { args: ["query", "--report", "all", "--report", "wrong"], says: /--report is given twice/ },
  { args: ["query", "--report", "all", "--date", "2024-02-30"], says: /--date 2024-02-30 is not a calendar date/ },
  { args: ["query", "SELECT 1", "--from", "2024-01-02", "--to", "2024-01-01"], says: /--from 2024-01-02 is after/ },
  { args: ["query", "SELECT 1", "--param", "x"], says: /--param x is not name=value/ },
  { args: ["query", "SELECT 1", "--param", "1=2"], says: /--param 1=2 is not name=value/ },
  { args: ["query", "SELECT 1", "--param", "a.b=2"], says: /--param a\.b=2 is not/ },
  { args: ["query", "SELECT 1", "--param", "a=1", "--param", "A=2"], says: /a/i },
  { args: ["query", "SELECT x", "--date", "2024-01-01"], says: /Unrecognized name: x/ },
  { args: ["query", "SELECT * FROM raw.numbers AS OF now"], says: /Syntax error/ },
  { args: ["query", "BEGIN TRANSACTION; SELECT nothing;"], says: /Unrecognized name: nothing/ },
  { args: ["query", "@@@"], says: /Syntax error|@/ },
];

/** What a project makes impossible though the arguments are right. */
const gates: PlacedUse[] = [
  {
    args: ["gate", "--date", "2024-01-01"],
    files: { "definitions/positive.sqlx": 'config { type: "assertion" }\nSELECT 1 AS x FROM UNNEST([])' },
    says: /the project has no gate: no assertion has the tag "gate"/,
  },
  {
    args: ["test", "any"],
    files: { "definitions/total_test.sqlx": "" },
    says: /there is no unit test any; the project has none/,
  },
  {
    args: ["run", "--run-tests"],
    files: {
      "definitions/total_test.sqlx":
        'config { type: "test", dataset: "total" }\ninput "daily" { SELECT DATE \'2024-01-01\' AS day, 2 AS total }\nSELECT 3 AS total',
    },
    says: /definitions\/total_test\.sqlx: the unit test total_test failed, so nothing was run/,
    code: 1,
  },
];

export const PLACES: Readonly<Record<string, readonly PlacedUse[]>> = {
  projects,
  files,
  sources,
  databases,
  loaders,
  queries,
  gates,
};

/** Takes the right to read or write away; false where that does not hold, as for the superuser. */
export function lock(path: string, mode: number): boolean {
  chmodSync(path, mode);
  return process.getuid?.() !== 0;
}
