// Makes a fresh clone ready: installs what is missing, builds what is older than its sources.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = new URL("../", import.meta.url).pathname;
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`fastbreak needs Node 20.19 or newer; this is ${process.version}`);
  process.exit(2);
}

/** Installs and builds where needed; says so on standard error. */
export function makeReady() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed) || time(installed) < time(join(root, "package-lock.json"))) {
    console.error("installing packages ...");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  const built = join(root, "dist", "main.js");
  const sources = ["runner", "ingest", "scripts"].flatMap((folder) => newest(join(root, folder)));
  if (!existsSync(built) || time(built) < Math.max(...sources)) {
    execFileSync(process.execPath, [join(root, "scripts", "build.mjs")], { cwd: root, stdio: "inherit" });
  }
}

function time(file) {
  return statSync(file).mtimeMs;
}

function newest(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => time(join(entry.parentPath ?? entry.path, entry.name)));
}
