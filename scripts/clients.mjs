// npm run clients [-- NAME ..]: starts a server for each client of BigQuery that can be installed here, and runs its checks against it.
// It also installs bqemulator, another server, for the checks of our own client in test/bigquery/smoke.test.ts.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bounded } from "./bounded.mjs";
import { makeReady } from "./ready.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const checks = `${root}tools/clients`;
const cache = `${root}node_modules/.cache/clients`;

/** How long the checks of one client, and one step of its installation, may take. */
const CHECK_SECONDS = Number(process.env.FASTBREAK_CLIENT_SECONDS ?? 600);
const INSTALL_SECONDS = 900;

/** Each: `prepare` installs it and says why it cannot; `command`, of a client, is run with the address of the server. */
const CLIENTS = {
  python: {
    prepare: () =>
      installPython("python", [
        "google-cloud-bigquery==3.47.0",
        "google-cloud-bigquery-storage==2.43.0",
        "fastavro==1.13.1",
        "pandas",
        "pyarrow",
        "db-dtypes",
      ]),
    command: (url, storagePort) => [`${cache}/python/bin/python`, [`${checks}/check.py`, url, String(storagePort)]],
  },
  go: { prepare: installGo, command: (url) => [`${cache}/go/check`, [url]] },
  java: {
    prepare: installJava,
    command: (url) => [
      "java",
      ["-cp", `target/classes:${readFileSync(`${cache}/java/classpath`, "utf8").trim()}`, "Check", url],
    ],
    folder: `${cache}/java`,
  },
  dbt: {
    prepare: () => {
      cpSync(`${checks}/dbt`, `${cache}/dbt-project`, { recursive: true });
      return installPython("dbt", ["dbt-core==1.10.23", "dbt-bigquery==1.10.3"]);
    },
    command: (url) => [
      "/bin/sh",
      // Twice: the second time tables and snapshots are there already.
      [
        "-c",
        'SERVER_URL=$1; export SERVER_URL; "$0" build && "$0" build && "$0" docs generate',
        `${cache}/dbt/bin/dbt`,
        url,
      ],
    ],
    folder: `${cache}/dbt-project`,
    environment: { DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DBT_PROFILES_DIR: "." },
    told: (output) => output.match(/PASS=\d+ .*/g)?.join("; ") ?? "done",
  },
  sqlmesh: {
    prepare: async () => {
      cpSync(`${checks}/sqlmesh`, `${cache}/sqlmesh-project`, { recursive: true });
      rmSync(`${cache}/sqlmesh-project/state.db`, { force: true });
      // Without the package of the Storage API, whose address SQLMesh cannot be told: rows then come by REST.
      const packages = ["google-cloud-bigquery[pandas]==3.47.0", "pandas", "pyarrow", "db-dtypes"];
      return (
        (await installPython("sqlmesh", ["sqlmesh==0.236.4", ...packages])) ??
        removePython("sqlmesh", "google-cloud-bigquery-storage")
      );
    },
    command: (url) => [
      "/bin/sh",
      [
        "-c",
        `BIGQUERY_EMULATOR_HOST=$1; export BIGQUERY_EMULATOR_HOST
         "$0" test && "$0" plan --auto-apply --no-prompts && "$0" run --ignore-cron && "$0" audit &&
         "$0" fetchdf "SELECT customer, amount FROM shop.best" | grep "bob  *20.0"`,
        `${cache}/sqlmesh/bin/sqlmesh`,
        url,
      ],
    ],
    folder: `${cache}/sqlmesh-project`,
    environment: { PYTHONWARNINGS: "ignore", SQLMESH__DISABLE_ANONYMIZED_ANALYTICS: "true" },
    told: () => "tested, planned, run, audited, read",
  },
  node22: otherNode(22),
  node24: otherNode(24),
  // It asks for numpy without saying so.
  bqemulator: { prepare: () => installPython("bqemulator", ["bqemulator==1.4.0", "numpy==2.4.6"]) },
};

makeReady();
const asked = process.argv.slice(2);
let failed = false;
const wanted = Object.entries(CLIENTS).filter(([name]) => asked.length === 0 || asked.includes(name));
let preparing = wanted[0]?.[1].prepare();
for (const [index, [name, client]] of wanted.entries()) {
  const reason = await preparing;
  // Installing mostly waits for a registry: the next one is installed while this one is checked.
  preparing = wanted[index + 1]?.[1].prepare();
  if (reason !== undefined) console.log(`${name}: skipped, ${reason}`);
  else if (client.command === undefined) console.log(`${name}: installed, npm test runs its smoke suite there, too`);
  else if (!(await checked(name, client))) failed = true;
}
process.exitCode = failed ? 1 : 0;

/** A step of an installation. */
function install(program, args, options) {
  return bounded(program, args, INSTALL_SECONDS, options);
}

/** Packages in an environment of their own; why there are none. */
async function installPython(name, packages) {
  const python = `${cache}/${name}/bin/python`;
  if (!existsSync(python) && (await install("python3", ["-m", "venv", `${cache}/${name}`])).status !== 0)
    return "there is no python3 with venv";
  // Compiling what is not used takes longer than to fetch it.
  const options = ["--quiet", "--no-compile", "--disable-pip-version-check"];
  const { status, stderr } = await install(python, ["-m", "pip", "install", ...options, ...packages]);
  return status === 0 ? undefined : `its packages cannot be installed: ${stderr.trim().split("\n").at(-1)}`;
}

/** Takes a package out of an environment, where it is in it. */
async function removePython(name, packageName) {
  await install(`${cache}/${name}/bin/python`, ["-m", "pip", "uninstall", "--quiet", "--yes", packageName]);
  return undefined;
}

/** The main commands on another version of Node than this one. */
function otherNode(major) {
  const folder = `${cache}/node${major}`;
  const program = `${folder}/node_modules/node/bin/node`;
  return {
    prepare: async () => {
      mkdirSync(folder, { recursive: true });
      const { stderr } = await install("npm", ["install", "--no-save", "--prefix", folder, `node@${major}`]);
      return existsSync(program) ? undefined : `Node ${major} cannot be installed: ${stderr.trim().split("\n").at(-1)}`;
    },
    command: () => [program, [`${checks}/other-node.mjs`, `${root}bin/fastbreak.cjs`]],
  };
}

async function installGo() {
  if ((await install("go", ["version"])).status !== 0) return "there is no go";
  mkdirSync(`${cache}/go`, { recursive: true });
  cpSync(`${checks}/go`, `${cache}/go`, { recursive: true });
  for (const args of [
    ["mod", "tidy"],
    ["build", "-o", "check", "."],
  ]) {
    const { status, stderr } = await install("go", args, { cwd: `${cache}/go` });
    if (status !== 0) return `its modules cannot be built: ${stderr.trim().split("\n").at(-1)}`;
  }
  return undefined;
}

async function installJava() {
  if ((await install("mvn", ["-version"])).status !== 0) return "there is no mvn";
  cpSync(`${checks}/java`, `${cache}/java`, { recursive: true });
  const goals = ["-q", "-B", "compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"];
  const { status, stdout } = await install("mvn", goals, { cwd: `${cache}/java` });
  return status === 0 ? undefined : `its packages cannot be installed: ${stdout.trim().split("\n").at(-1)}`;
}

async function checked(name, { command, folder, environment, told = (output) => output.trim() }) {
  const server = spawn(
    process.execPath,
    [`${root}bin/fastbreak.cjs`, "serve", "--in-memory", "--port", "0", "--json"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let url;
  let storagePort;
  for await (const line of createInterface({ input: server.stdout })) {
    ({ url, storagePort } = JSON.parse(line));
    break;
  }
  const [program, args] = command(url, storagePort);
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = await bounded(program, args, CHECK_SECONDS, { cwd: folder, env });
  server.kill();
  console.log(`${name}: ${status === 0 ? told(stdout) : `failed\n${stdout.trim()}\n${stderr.trim()}`}`);
  return status === 0;
}
