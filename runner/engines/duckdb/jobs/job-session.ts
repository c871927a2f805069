import type { DuckDBConnection } from "@duckdb/node-api";
import type { Script } from "../../../dialect/script/script.js";
import { locateErrors, parseScriptText } from "../../../dialect/script.js";
import { askedStatement } from "../../../googlesql/asked-statement.js";
import type { JobRequest, JobSession, JobStatement } from "../../../port/sql-jobs.js";
import { layoutSql } from "../catalog.js";
import type { Translator } from "../translator.js";
import { inDataset, jobError } from "./job-errors.js";
import { JobHost, type SharedState } from "./job-host.js";
import type { MovedClock } from "./moved-clock.js";
import { interruptible } from "./running.js";
import { isScript, statementKind, targetOf } from "./statement-kinds.js";

/** One connection and the script that runs on it, job after job. */
export class DuckDbJobSession implements JobSession {
  readonly #connection: DuckDBConnection;
  readonly #release: (isClean: boolean) => void;
  readonly #host: JobHost;
  readonly #script: Script;
  readonly #clock: MovedClock;
  /** Jobs of one session follow each other. */
  #last: Promise<unknown> = Promise.resolve();
  /** A statement was interrupted, or what it had begun could not be undone. */
  #isDirty = false;

  private constructor(
    connection: DuckDBConnection,
    release: (isClean: boolean) => void,
    host: JobHost,
    script: Script,
    clock: MovedClock,
  ) {
    this.#clock = clock;
    this.#connection = connection;
    this.#release = release;
    this.#host = host;
    this.#script = script;
  }

  static async open(
    connection: DuckDBConnection,
    release: (isClean: boolean) => void,
    translator: Translator,
    shared: SharedState,
    request: JobRequest,
  ): Promise<DuckDbJobSession> {
    const host = JobHost.on(connection, shared, request);
    const { defaultDataset, destination } = request;
    const script = await translator.script(host, { defaultDataset, renamesColumns: destination === undefined });
    return new DuckDbJobSession(connection, release, host, script, shared.clock);
  }

  async run(request: JobRequest, told: (statement: JobStatement) => void): Promise<void> {
    const before = this.#last;
    const running = before.catch(() => undefined).then(() => this.#run(request, told));
    this.#last = running;
    return running;
  }

  async #run(request: JobRequest, told: (statement: JobStatement) => void): Promise<void> {
    const { sql, signal } = request;
    let inScript = true;
    try {
      const statements = locateErrors(sql, () => parseScriptText(sql));
      inScript = isScript(statements);
      // A script that was killed between its statements is not done.
      const served = inScript ? { ...request, once: undefined } : request;
      // The functions before a query are part of it.
      const tellsAll = inScript || statements.length === 1;
      const tell = tellsAll ? told : (done: JobStatement) => done.kind !== "CREATE_FUNCTION" && told(done);
      this.#host.serve(served, tell, inScript || statements[0]?.kind === "call");
      if (request.defaultDataset !== undefined) this.#script.useDataset(request.defaultDataset);
      // A session may have been opened before it was moved.
      await this.#clock.apply(this.#connection);
      await this.#bind(request);
      this.#script.startAnew();
      await interruptible(this.#connection, signal, () => this.#script.execute(sql));
      this.#host.finish();
    } catch (cause) {
      this.#isDirty ||= signal.aborted;
      const error = inDataset(jobError(cause, signal, inScript), this.#host.dataset);
      if (inScript) this.#host.fail(error);
      throw error;
    }
  }

  async #bind({ parameters }: JobRequest): Promise<void> {
    let positional = 0;
    for (const { name, type, expression } of parameters) {
      if (name === undefined) positional += 1;
      await this.#script.bind(name === undefined ? `@?${positional}` : `@${name}`, type, expression);
    }
  }

  /** What the text would do. */
  async describe(request: JobRequest): Promise<JobStatement> {
    const startedAt = Date.now();
    const { sql, signal } = request;
    try {
      this.#host.serve(request, () => undefined);
      await this.#bind(request);
      const translated = await this.#script.translated(sql);
      if (translated === undefined) return plainPlan(sql, this.#host.dataset, startedAt);
      const { does, given } = translated;
      const isAsked = does.kind === "query" || (given.kind === "createTable" && given.query !== undefined);
      const columns = isAsked && "columns" in does ? does.columns : undefined;
      return { ...this.#host.planned(does, columns), rows: undefined };
    } catch (cause) {
      throw inDataset(jobError(cause, signal, true), this.#host.dataset);
    }
  }

  /** DuckDB's statements of a definition. */
  async definition(sql: string): Promise<readonly string[]> {
    const { signal } = new AbortController();
    try {
      const translated = await this.#script.translated(sql);
      if (translated?.does.kind !== "createTable") return translated?.does.sql ?? [];
      const { path } = translated.does;
      const [dataset = "", name = ""] = path.slice(-2);
      return [...translated.does.sql, layoutSql({ dataset, name }, translated.does)];
    } catch (cause) {
      throw jobError(cause, signal, false);
    }
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#script.end().catch(() => {
      this.#isDirty = true;
    });
    this.#release(!this.#isDirty);
  }
}

/** What is told without a translation: of a script nothing, of one statement its kind and what it makes. */
function plainPlan(text: string, dataset: string | undefined, startedAt: number): JobStatement {
  const only = askedStatement(parseScriptText(text));
  return {
    kind: only === undefined ? "SCRIPT" : statementKind(only, text.slice(only.start, only.end)),
    text,
    target: only === undefined ? undefined : targetOf(only, dataset),
    operation: undefined,
    reads: [],
    changed: undefined,
    rows: undefined,
    columns: undefined,
    startedAt,
    endedAt: Date.now(),
  };
}
