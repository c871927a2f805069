"use strict";
// Runs what most runs do, in a small project, and keeps the code that V8 has compiled for it (bin/one-script.cjs).

const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { CODE, digestIn, exportsOf, readText, scriptOf } = require("../bin/one-script.cjs");

const PROJECT = {
  "workflow_settings.yaml": "defaultProject: p\ndefaultLocation: US\ndefaultDataset: d\n",
  "definitions/numbers.sqlx": 'config { type: "table" }\nSELECT n, DATE "2024-02-29" AS day FROM UNNEST([1, 2]) AS n',
  "definitions/totals.sqlx": `config {
  type: "incremental",
  uniqueKey: ["day"],
  bigquery: { partitionBy: "day" },
  assertions: { nonNull: ["total"] }
}
WITH numbers AS (SELECT * FROM \${ref("numbers")} WHERE n IS NOT NULL)
SELECT day, SUM(n) AS total, COUNT(*) AS rows_found, MAX(IF(n > 1, n, NULL)) AS largest
FROM numbers LEFT JOIN (SELECT 1 AS one) AS o ON n = o.one
GROUP BY day`,
  "definitions/shown.sqlx": `config { type: "view" }\nSELECT day, total FROM \${ref("totals")} ORDER BY day`,
};
const COMMANDS = [
  ["run"],
  ["run"],
  ["run", "--full-refresh"],
  ["plan"],
  ["query", "SELECT COUNT(*) AS days FROM d.shown"],
  ["compile"],
  ["verify"],
  ["check"],
  ["explain", "totals"],
  ["status"],
];

const dir = mkdtempSync(join(tmpdir(), "fastbreak-build-"));
mkdirSync(join(dir, "definitions"));
for (const [name, text] of Object.entries(PROJECT)) writeFileSync(join(dir, name), text);
process.chdir(dir);
// Settings of whoever builds may name a warehouse that is not this one.
for (const name of Object.keys(process.env)) if (name.startsWith("FASTBREAK_")) delete process.env[name];
const text = readText();
const script = scriptOf(text, undefined);
const { main } = exportsOf(script);
COMMANDS.reduce((before, command) => before.then(() => main(command)), Promise.resolve())
  .then(() => writeFileSync(CODE, Buffer.concat([Buffer.from(digestIn(text)), script.createCachedData()])))
  .finally(() => {
    process.chdir(tmpdir());
    rmSync(dir, { recursive: true, force: true });
  });
