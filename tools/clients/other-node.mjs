// Runs the main commands with the Node that runs this, and prints its version; ends with 1 where one fails or says anything on stderr.
// Usage: other-node.mjs FASTBREAK

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "fastbreak-node-"));
writeFileSync(
  join(folder, "dataform.json"),
  JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }),
);
mkdirSync(join(folder, "definitions"));
writeFileSync(join(folder, "definitions", "one.sqlx"), 'config { type: "table" }\nSELECT 1 AS x, UPPER("a") AS y\n');
const doubled =
  "CREATE TEMP FUNCTION doubled(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS 'return x * 2'; SELECT doubled(2.5)";
const commands = [["--version"], ["init", "."], ["compile"], ["run"], ["run"], ["query", "--csv", doubled]];
try {
  for (const args of commands) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status === 0 && stderr === "") continue;
    console.log(stdout);
    console.error(`${args.join(" ")} ended with ${status}: ${stderr}`);
    process.exitCode = 1;
    break;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${commands.length} commands on Node ${process.versions.node}`);
