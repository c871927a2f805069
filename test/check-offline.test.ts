import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

interface CheckDocument {
  readonly findings: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  readonly warnings: readonly { readonly file: string; readonly message: string }[];
  readonly unchecked: readonly { readonly action: string; readonly reason: string }[];
  readonly totals: { readonly checked: number; readonly errors: number; readonly warnings: number };
}

/** A project whose sources nobody has: what is right about it, by file of definitions/. */
const RIGHT: Readonly<Record<string, string>> = {
  "events.sqlx": 'config { type: "declaration", schema: "analytics_1", name: "events_*" }',
  "ga4.sqlx": `config { type: "view" }
SELECT event_date, (SELECT value.int_value FROM UNNEST(event_params) WHERE key = 'id') AS session, item.price * 2 AS price, _TABLE_SUFFIX AS day
FROM \${ref("events_*")}, UNNEST(items) AS item`,
  "loaded.sqlx": `config { type: "view" }
SELECT id, DATE(_PARTITIONTIME) AS day FROM raw.loaded WHERE _PARTITIONTIME >= TIMESTAMP '2024-01-01'`,
  "log.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
SELECT * FROM raw.log \${when(incremental(), \`WHERE ts > (SELECT MAX(ts) FROM \${self()})\`)}`,
  "two.sqlx": `config { type: "view" }
SELECT name, x.id, total FROM raw.x JOIN raw.y AS y ON x.id = y.x_id WHERE created > '2024-01-01'`,
  "again.sqlx":
    'config { type: "view" }\nSELECT x.name, y.name AS other, y.total FROM raw.x, raw.y WHERE x.id = y.x_id',
  "ops.sqlx": `config { type: "operations" }
CREATE OR REPLACE TABLE d.made AS SELECT id, ts + 1 AS later FROM raw.log;
MERGE d.made AS m USING raw.changes AS c ON m.id = c.id WHEN MATCHED THEN UPDATE SET later = c.later`,
  "times.sqlx": `config { type: "view" }
SELECT DATETIME_ADD(TIMESTAMP '2024-01-01', INTERVAL 1 DAY) AS a, TIMESTAMP_TRUNC(DATETIME '2024-01-01', MONTH) AS b,
  DATETIME_DIFF(TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-01', HOUR) AS c, TIMESTAMP_SUB(DATETIME '2024-01-01', INTERVAL 1 HOUR) AS d`,
  "vault.sqlx": `config { type: "incremental", uniqueKey: ["hk"] }
SELECT s.hk, s.name, s.load_date FROM raw.stage s
\${when(incremental(), \`LEFT JOIN \${self()} t ON t.hk = s.hk WHERE t.hk IS NULL AND s.load_date > (SELECT MAX(load_date) FROM \${self()})\`)}`,
  "hub.sqlx": `config { type: "operations" }
MERGE d.hub AS h USING (SELECT DISTINCT cust_id, load_ts FROM raw.cust) s ON h.cust_id = s.cust_id
WHEN NOT MATCHED THEN INSERT (cust_id, load_ts) VALUES (s.cust_id, s.load_ts)`,
  "last.sqlx": `config { type: "view" }
SELECT s.*, ARRAY_AGG(STRUCT(o.id, o.total) ORDER BY o.created_at DESC LIMIT 1)[OFFSET(0)].total AS last_total
FROM raw.stores s JOIN raw.orders o ON o.store_id = s.id GROUP BY ALL`,
  "turned.sqlx":
    'config { type: "view" }\nSELECT * FROM (SELECT id, q1, q2 FROM raw.quarters) UNPIVOT (amount FOR quarter IN (q1, q2))',
  "tree.sqlx": `config { type: "view" }
WITH RECURSIVE t AS (SELECT id, parent_id, 1 AS lvl FROM raw.tree WHERE parent_id IS NULL
UNION ALL SELECT c.id, c.parent_id, t.lvl + 1 FROM raw.tree c JOIN t ON c.parent_id = t.id) SELECT * FROM t`,
  "pipe.sqlx": `config { type: "view" }
FROM raw.pipe |> WHERE status = "x" |> AGGREGATE COUNT(*) AS n GROUP BY region |> ORDER BY n DESC`,
  "ages.sqlx": `config { type: "view" }
SELECT SAFE_CAST(age AS INT64) AS age, age || "y" AS t, DATE_DIFF(CURRENT_DATE(), dob, YEAR) AS y, dob - 1 AS before,
  TO_JSON_STRING(p) AS j, doc.user.name AS n, JSON_VALUE(doc, "$.a") AS a FROM raw.people AS p`,
  "guess.sqlx": 'config { type: "view" }\nSELECT LOWER(x.score) AS low, x.score + 1 AS up FROM raw.x AS x',
};

describe("fastbreak check without a warehouse", () => {
  let rig: Rig;
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(rig.dir, "definitions", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  };
  const check = async (...args: readonly string[]): Promise<CheckDocument & { code: number | null }> => {
    const { code, stdout } = await rig.fastbreak("check", "--json", ...args);
    return { ...(JSON.parse(stdout) as CheckDocument), code };
  };
  beforeEach(() => {
    rig = Rig.empty();
    rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
  });
  afterEach(() => rig.remove());

  it("checks what reads sources that nobody has, and invents no mistake", async () => {
    write(RIGHT);
    const { code, findings, warnings, unchecked } = await check();
    expect({ code, findings, warnings, unchecked }).toEqual({ code: 0, findings: [], warnings: [], unchecked: [] });
  });

  it("finds mistakes behind such sources", async () => {
    write({
      ...RIGHT,
      "base.sqlx": 'config { type: "table" }\nSELECT id, UPPER(name) AS name FROM raw.x',
      "wrong.sqlx": 'config { type: "view" }\nSELECT id, nme FROM ${ref("base")}',
      "cte.sqlx": 'config { type: "view" }\nWITH c AS (SELECT id FROM raw.x)\nSELECT c.idd FROM c',
      "function.sqlx": 'config { type: "view" }\nSELECT LOWR(name) AS n FROM raw.x',
    });
    const { code, findings } = await check();
    expect(code).toBe(2);
    expect(findings.map(({ file, line }) => `${file}:${line}`)).toEqual([
      "definitions/cte.sqlx:3",
      "definitions/function.sqlx:2",
      "definitions/wrong.sqlx:2",
    ]);
  });

  it("counts what no SQL tells as not checked", async () => {
    write({
      "src.sqlx": 'config { type: "declaration", schema: "raw", name: "src" }',
      "all.sqlx": 'config { type: "view" }\nSELECT * FROM ${ref("raw", "src")}',
    });
    const { code, findings, unchecked } = await check();
    expect([code, findings]).toEqual([0, []]);
    expect(unchecked).toEqual([
      { action: "d.all", reason: expect.stringMatching(/^source columns unknown: raw\.src/) },
    ]);
  });

  it("tells what only the embedded engine refuses apart from mistakes", async () => {
    write({
      "geo.sqlx": 'config { type: "view" }\nSELECT ST_BUFFER(ST_GEOGPOINT(lng, lat), 5) AS around, id FROM raw.places',
      "ml.sqlx": 'config { type: "view" }\nSELECT * FROM ML.PREDICT(MODEL d.model, (SELECT 1 AS a))',
    });
    const { code, findings, warnings, totals } = await check();
    expect([code, findings, totals.warnings]).toEqual([0, [], 2]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "Function ST_BUFFER (GEOGRAPHY) is not supported by the embedded engine",
      "ML.PREDICT (a model) is not supported by the embedded engine",
    ]);
    expect((await check("--strict")).code).toBe(2);
  });

  it("finds nothing wrong with this repository's own project", async () => {
    rig.remove();
    rig = Rig.warehouseProject();
    const { code, findings, unchecked } = await check();
    expect({ code, findings, unchecked }).toEqual({ code: 0, findings: [], unchecked: [] });
  });
});
