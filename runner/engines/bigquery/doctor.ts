import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../port/engine-error.js";
import type { EngineFinding, WarehousePlace } from "../engine.js";
import { BatchReader } from "./batch.js";
import { openClient } from "./client.js";
import { engineError } from "./errors.js";
import { Jobs } from "./jobs.js";
import { readDatasetList, readJobList, readTableList } from "./protocol.js";
import { PATIENCE, Rest } from "./rest.js";
import { RestError } from "./rest-error.js";
import { type Connection, connectionOf, shownEndpoint } from "./settings.js";

const PURPOSE = { run: "doctor", action: "doctor" };
/** Clocks that differ by more, in milliseconds, make times hard to read. */
const MOST_SKEW_MS = 10_000;

/** Looks at what only the service itself can tell; nothing is changed, and nothing is billed. */
export async function* examine(place: WarehousePlace): AsyncGenerator<EngineFinding> {
  const connection = await connectionOf(place, process.env);
  const where = `${shownEndpoint(place, process.env)}, project ${connection.project}, location ${connection.location ?? "by the datasets"}`;
  yield connection.endpoint === undefined
    ? ok("settings", where)
    : warning("settings", `${where}: no credentials are sent, and this is not BigQuery itself`);
  yield* credentialsFile(place.projectDir);
  yield* new Examination(connection, place.stateDataset ?? "fastbreak").all();
}

const ok = (what: string, text: string): EngineFinding => ({ what, status: "ok", text });
const warning = (what: string, text: string): EngineFinding => ({ what, status: "warning", text });
const failed = (what: string, text: string): EngineFinding => ({ what, status: "failed", text });

function* credentialsFile(projectDir: string): Generator<EngineFinding> {
  const name = ".df-credentials.json";
  const path = join(projectDir, name);
  if (!existsSync(path)) return;
  if (isTracked(projectDir, name)) yield failed(name, "is kept in git; remove it there, and make a new key");
  else if ((statSync(path).mode & 0o077) !== 0) yield warning(name, "can be read by others; chmod 600 it");
  else yield ok(name, "can be read by you alone");
}

function isTracked(folder: string, name: string): boolean {
  try {
    execFileSync("git", ["ls-files", "--error-unmatch", name], { cwd: folder, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

class Examination {
  readonly #rest: Rest;
  readonly #batch: BatchReader;
  readonly #jobs: Jobs;

  constructor(
    readonly connection: Connection,
    readonly stateDataset: string,
  ) {
    const patience = connection.endpoint === undefined ? PATIENCE.service : PATIENCE.local;
    this.#rest = new Rest(openClient(connection), patience, new AbortController().signal);
    this.#batch = new BatchReader(this.#rest);
    this.#jobs = new Jobs(this.#rest, connection, randomBytes(6).toString("hex"));
  }

  async *all(): AsyncGenerator<EngineFinding> {
    const signedIn = await this.#finding("signing in, and jobs", () => this.#signIn());
    yield signedIn;
    if (signedIn.status === "failed") return;
    yield await this.#finding("whole numbers", () => this.#numbers());
    yield await this.#finding("values in digests", () => this.#texts());
    yield await this.#finding("ids of jobs", () => this.#ids());
    yield await this.#finding("many calls in one", () => this.#batches());
    yield await this.#finding(`dataset ${this.stateDataset}`, () => this.#dataset());
    yield await this.#finding("jobs that run", () => this.#zombies());
    yield await this.#finding("stages that were left", () => this.#stages());
  }

  async #finding(what: string, work: () => Promise<Omit<EngineFinding, "what">>): Promise<EngineFinding> {
    try {
      return { ...(await work()), what };
    } catch (cause) {
      const told = engineError(cause);
      if (told instanceof EngineError) return failed(what, told.message);
      throw told;
    }
  }

  async #signIn() {
    await this.#jobs.dryRun("SELECT 1");
    const started = Date.now();
    const { servedAt } = await this.#rest.repeat(
      { method: "GET", path: this.#path("/datasets"), query: { maxResults: "1" } },
      (answer) => answer,
    );
    const skew = servedAt === undefined ? 0 : Math.abs(servedAt - started);
    return skew > MOST_SKEW_MS
      ? warning("", `works; this machine's clock differs by ${Math.round(skew / 1000)} seconds`)
      : ok("", "works, and the clocks agree");
  }

  async #numbers() {
    const { rows } = await this.#jobs.query(
      { sql: "SELECT 9007199254740993, -9223372036854775808", step: "doctor" },
      PURPOSE,
    );
    const [row = []] = rows;
    return row[0] === 9007199254740993n && row[1] === -9223372036854775808n
      ? ok("", "come exact")
      : failed("", `come as ${row.join(" and ")}; digests cannot be trusted`);
  }

  async #texts() {
    const pairs = [
      ["FORMAT('%T', CAST('-0' AS FLOAT64))", "FORMAT('%T', CAST('0' AS FLOAT64))"],
      ["FORMAT('%T', [CAST('-0' AS FLOAT64)])", "FORMAT('%T', [CAST('0' AS FLOAT64)])"],
      ["FORMAT('%T', 0.1 + 0.2)", "FORMAT('%T', 0.3)"],
      ["'null'", "CAST(NULL AS STRING)"],
      ["[1]", "[1, 1]"],
      ["TIMESTAMP '2024-01-01 00:00:00.000001+00'", "TIMESTAMP '2024-01-01 00:00:00+00'"],
      ["NUMERIC '0.000000001'", "NUMERIC '0'"],
      ["9007199254740993", "9007199254740992"],
    ] as const;
    const tests = pairs.map(([a, b]) => `TO_JSON_STRING(STRUCT(${a} AS c)) != TO_JSON_STRING(STRUCT(${b} AS c))`);
    const { rows } = await this.#jobs.query({ sql: `SELECT ${tests.join(", ")}`, step: "doctor" }, PURPOSE);
    const same = pairs.filter((_, index) => rows[0]?.[index] !== true);
    return same.length === 0
      ? ok("", "are told apart")
      : failed("", `${same.map((pair) => pair.join(" and ")).join("; ")} are written alike`);
  }

  async #ids() {
    const body = {
      jobReference: {
        projectId: this.connection.project,
        jobId: `fastbreak_doctor_${randomBytes(6).toString("hex")}`,
        location: this.connection.location,
      },
      configuration: { query: { query: "SELECT 1", useLegacySql: false } },
    };
    const call = { method: "POST", path: this.#path("/jobs"), body } as const;
    await this.#rest.send(call);
    try {
      await this.#rest.send(call);
      return failed("", "the same id began two jobs: a lost answer may run a job twice");
    } catch (cause) {
      if (cause instanceof RestError && cause.status === 409) return ok("", "begin one job each");
      throw cause;
    }
  }

  async #batches() {
    const get = { path: this.#path("/datasets"), query: { maxResults: "1" } };
    await this.#batch.get([get, get], readDatasetList);
    return this.#batch.isBatched ? ok("", "work") : warning("", "are not answered: each table costs a call of its own");
  }

  async #dataset() {
    const path = this.#path(`/datasets/${encodeURIComponent(this.stateDataset)}`);
    const found = await this.#rest.find({ method: "GET", path }, ({ body }) => body as { location?: string });
    if (found === undefined) return ok("", "is not there; the first run makes it");
    const { location } = this.connection;
    if (
      location !== undefined &&
      found.location !== undefined &&
      found.location.toLowerCase() !== location.toLowerCase()
    )
      return failed("", `lies in ${found.location}, and jobs run in ${location}`);
    await this.#jobs.dryRun(
      `CREATE TABLE \`${this.connection.project}\`.\`${this.stateDataset}\`.fastbreak_doctor (x INT64)`,
    );
    return ok("", "is there, and tables may be made in it");
  }

  async #zombies() {
    const query = { stateFilter: "running", projection: "full", maxResults: "1000" };
    const { jobs } = await this.#rest.repeat({ method: "GET", path: this.#path("/jobs"), query }, readJobList);
    const ours = jobs.filter(({ jobReference }) => jobReference.jobId.startsWith("fastbreak_"));
    const shown = ours.slice(0, 3).map(({ jobReference }) => jobReference.jobId);
    return ours.length === 0
      ? ok("", "none of fastbreak")
      : warning(
          "",
          `${ours.length} of fastbreak: ${shown.join(", ")}; cancel those of runs that are gone with 'bq cancel'`,
        );
  }

  async #stages() {
    const path = this.#path(`/datasets/${encodeURIComponent(this.stateDataset)}/tables`);
    const list = await this.#rest.find({ method: "GET", path, query: { maxResults: "1000" } }, readTableList);
    const left = (list?.tables ?? []).filter(({ tableReference }) => tableReference.tableId.startsWith("stage_"));
    return left.length === 0 ? ok("", "none") : warning("", `${left.length}; they expire within a day`);
  }

  #path(rest: string): string {
    return `/projects/${encodeURIComponent(this.connection.project)}${rest}`;
  }
}
