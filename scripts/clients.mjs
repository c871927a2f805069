// npm run clients: starts a server for each client of BigQuery that can be installed here, and runs its checks against it.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const environment = `${root}node_modules/.cache/clients/python`;
const python = `${environment}/bin/python`;
const PACKAGES = ["google-cloud-bigquery==3.47.0", "pandas", "pyarrow", "db-dtypes"];

let failed = false;
for (const [name, prepare, command] of [["python", preparePython, [python, `${root}tools/clients/check.py`]]]) {
  const reason = prepare();
  if (reason !== undefined) console.log(`${name}: skipped, ${reason}`);
  else if (!(await checked(name, command))) failed = true;
}
process.exitCode = failed ? 1 : 0;

/** An environment of its own for Python's client; why there is none. */
function preparePython() {
  if (!existsSync(python)) {
    const made = spawnSync("python3", ["-m", "venv", environment], { stdio: "ignore" });
    if (made.status !== 0) return "there is no python3 with venv";
  }
  const installed = spawnSync(python, ["-m", "pip", "install", "--quiet", ...PACKAGES], { encoding: "utf8" });
  return installed.status === 0
    ? undefined
    : `its packages cannot be installed: ${installed.stderr.trim().split("\n").at(-1)}`;
}

async function checked(name, [program, ...args]) {
  const server = spawn(
    process.execPath,
    [`${root}bin/fastbreak.cjs`, "serve", "--in-memory", "--port", "0", "--json"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let url;
  for await (const line of createInterface({ input: server.stdout })) {
    ({ url } = JSON.parse(line));
    break;
  }
  const { status, stdout, stderr } = spawnSync(program, [...args, url], { encoding: "utf8" });
  server.kill();
  console.log(`${name}: ${status === 0 ? stdout.trim() : `failed\n${stderr.trim()}`}`);
  return status === 0;
}
