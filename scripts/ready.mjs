// Makes a fresh clone ready: installs what is missing, builds what is older than its sources.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
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
    const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
    if (status !== 0) {
      console.error("the packages could not be installed; run `npm ci` to see why");
      process.exit(2);
    }
  }
  const built = join(root, "dist", "main.js");
  const sources = ["runner", "ingest", "training", "scripts"].flatMap((folder) => newest(join(root, folder)));
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
