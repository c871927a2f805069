import { scanScript } from "../../googlesql/index.js";
import { foldedKey } from "../../googlesql/project-names.js";
import { readDigests } from "../../googlesql/read-digests.js";
import { anyRowOf, BEFORE_ANY_ROW } from "../../port/any-row.js";
import { EngineError } from "../../port/engine-error.js";
import { holds } from "../../port/partition-set.js";
import {
  type AccumulateRequest,
  type DigestRequest,
  type PartitionDigests,
  type PublishCounts,
  type PublishRequest,
  type PublishTurn,
  type QueryResult,
  type Relation,
  type RelationId,
  type RowObject,
  relationKey,
  type ScriptTexts,
  type Stage,
  type Transaction,
} from "../../port/port.js";
import type { RelationSettings } from "../../port/relation-settings.js";
import type { Column } from "../../port/sql-types.js";
import type { ReplaceContentRequest, ReplacedContent } from "../../port/table-content.js";
import type { RowBatches } from "../../port/table-reader.js";
import { planAccumulate } from "./accumulate.js";
import type { Described, TableToken } from "./catalog.js";
import type { Purpose } from "./jobs.js";
import { labelOf } from "./jobs.js";
import { asObjects, columnList, insertStatements, quoteText } from "./literals.js";
import { refuseLoad } from "./loading.js";
import { restPath } from "./names.js";
import { BigQueryObservation } from "./observation.js";
import type { PendingWrite, PlannedWrite, WriteHost } from "./pending.js";
import { planPublish } from "./publish.js";
import { recordStatements } from "./records.js";
import { withPreviews } from "./rewrite.js";
import { queryRows, type Service, sqlPath } from "./service.js";
import { kindSql, layoutSql, optionsSql, requireMakeable } from "./shape.js";
import { standingDigests } from "./standing.js";

/** Hours after which the service removes a stage that nobody has. */
const STAGE_HOURS = 24;

/** What a script says that finds a condition of its transaction not to hold any more. */
const OVERTAKEN = "another run has published it meanwhile";

/** Rows that go into a log when the transaction ends. */
interface Appended {
  readonly table: RelationId;
  readonly columns: readonly Column[];
  readonly rows: readonly RowObject[];
}

/** What was looked at of a relation, and must still be so when what was made of it is recorded. */
interface Seen {
  readonly token: TableToken | undefined;
  readonly requests: DigestRequest[];
  readonly digests: PartitionDigests[];
}

/**
 * One unit of work: rows are made in stages beside the tables, looked at, and published at the end, in one transaction of the service
 * together with the record of them. What the service takes in no transaction - definitions - comes before its record.
 */
export class BigQueryTransaction extends BigQueryObservation implements Transaction {
  readonly #appended: Appended[] = [];
  readonly #conditions: string[] = [];
  #turn: PublishTurn | undefined;
  readonly #pending = new Map<string, PendingWrite>();
  readonly #stages = new Set<string>();
  readonly #seen = new Map<string, Seen>();
  /** Keys of what statements of the project have written; undefined: nobody can tell. */
  #written: Set<string> | undefined = new Set();
  #hasDone = false;
  /** The open session; `new`: the next statement opens one. */
  #session: string | undefined;

  /** @param isRehearsal nothing is to stay, so that what cannot be undone is not done */
  constructor(
    service: Service,
    purpose: Purpose,
    readonly isRehearsal: boolean,
  ) {
    super(service, purpose);
  }

  override async relations(): Promise<ReadonlyMap<string, Relation>> {
    const standing = await super.relations();
    if (this.#pending.size === 0) return standing;
    return new Map([...standing, ...[...this.#pending].map(([key, { relation }]) => [key, relation] as const)]);
  }

  override async digests(requests: readonly DigestRequest[]): Promise<readonly PartitionDigests[]> {
    const pendingOf = ({ relation }: DigestRequest) => this.#pending.get(relationKey(relation.id));
    const standing = requests.filter((request) => pendingOf(request) === undefined);
    const tokens = await this.tokensOf(standing);
    const read = [...(await standingDigests(this.service, standing, tokens, this.purpose))];
    for (const [index, request] of standing.entries()) this.#see(request, tokens[index], read[index]);
    const answers: PartitionDigests[] = [];
    for (const request of requests) {
      const pending = pendingOf(request);
      answers.push(pending === undefined ? (read.shift() as PartitionDigests) : await this.#coming(request, pending));
    }
    return answers;
  }

  /** Digests of a table as it will be: of partitions that are not replaced those that they have. */
  async #coming(request: DigestRequest, { preview, replaced }: PendingWrite): Promise<PartitionDigests> {
    const { relation, grain } = request;
    const isDated = grain === "partition" && relation.partitionColumn !== undefined;
    const digestsOf = async (source: string) =>
      (await readDigests([{ request, source }], (sql) => this.#rows(sql, "digest")))[0] ?? new Map();
    if (replaced === undefined || (replaced.partitions !== undefined && !isDated)) return digestsOf(`(${preview})`);
    const { partitions, stage, merged, own } = replaced;
    const readsOwn = request.columns.some((name) => own.has(name.toLowerCase()));
    const staged = await digestsOf((readsOwn ? merged : undefined) ?? stage);
    if (partitions === undefined) return staged;
    const tokens = await this.tokensOf([request]);
    const [standing = new Map()] = await standingDigests(this.service, [request], tokens, this.purpose);
    this.#see(request, tokens[0], standing);
    const kept = [...standing].filter(([partition]) => !holds(partitions, partition));
    return new Map([...kept, ...staged]);
  }

  #see(request: DigestRequest, token: TableToken | undefined, digests: PartitionDigests | undefined): void {
    const key = relationKey(request.relation.id);
    // What statements of this transaction have written is not moved by somebody else.
    if (this.#written?.has(key) ?? true) return;
    const seen = this.#seen.get(key) ?? { token, requests: [], digests: [] };
    if (token !== undefined && seen.token !== undefined && seen.token.value !== token.value) throw drifted(key);
    seen.requests.push(request);
    seen.digests.push(digests ?? new Map());
    this.#seen.set(key, seen);
  }

  readonly onlyWhile = (condition: string, turn: PublishTurn): void => {
    this.#conditions.push(condition);
    this.#turn = turn;
  };

  /**
   * Goes in front of what publishes, in the same script: whoever has slept since it looked, or whose call was long on its way, finds here
   * that it comes too late.
   */
  #guard(): string {
    const tests = this.#conditions.map(
      (condition) => `IF NOT (${condition}) THEN RAISE USING MESSAGE = '${OVERTAKEN}'; END IF;\n`,
    );
    return tests.join("");
  }

  /** A log that was made anew has none of the records by which turns differ. */
  async #turnName(): Promise<string | undefined> {
    if (this.#turn === undefined) return undefined;
    const { log, name } = this.#turn;
    const [described] = await this.service.catalog.describeSince([log], 1);
    return `${name} ${described?.createdAt ?? 0}`;
  }

  /** Runs a text of the runner's own that publishes something. */
  async #guarded(sql: string, step: string, target?: RelationId, session?: string): Promise<void> {
    const guard = this.#guard();
    const touched = target && { defines: [relationKey(target)] };
    await originOf(undefined, guard.length, () =>
      this.service.jobs.run({ sql: `${guard}${sql}`, step, session, touched }, this.purpose),
    ).catch(refuseOvertaken);
  }

  readonly requireMakeable = requireMakeable;

  async append(table: RelationId, columns: readonly Column[], rows: readonly RowObject[]): Promise<void> {
    if (rows.length > 0) this.#appended.push({ table, columns, rows });
  }

  async script<T>(work: (script: ScriptTexts) => Promise<T>, options?: { readonly readOnly?: boolean }): Promise<T> {
    const before = this.#session;
    this.#session = "new";
    try {
      return await work({
        execute: (sql) => (options?.readOnly && !onlyDeclares(sql) ? Promise.resolve(undefined) : this.#execute(sql)),
        stage: (query) => this.stage(query),
        replaceView: (view, query, settings) => this.replaceView(view, query, settings),
      });
    } finally {
      await this.#endSession();
      this.#session = before;
    }
  }

  async execute(sql: string): Promise<number | undefined> {
    return this.#execute(sql);
  }

  async #execute(sql: string): Promise<number | undefined> {
    if (this.isRehearsal && !onlyDeclares(sql)) throw notUndone();
    // Statements of the project see the rows that were published before them.
    await this.#publishEarly();
    if (!this.#hasDone && !onlyDeclares(sql)) {
      // A text of the project may begin with what nothing can stand before.
      if (this.#conditions.length > 0) await this.#guarded("", "guard");
      this.#hasDone = true;
    }
    this.#noteWrites(sql);
    const { project } = this.service.connection;
    const { changed, session } = await this.service.jobs.run(
      {
        sql,
        step: "statements",
        session: this.#session,
        touched: { defines: definedIn(sql, project) },
        keepsWhatIsDone: true,
      },
      this.purpose,
    );
    if (this.#session === "new") this.#session = session;
    this.service.catalog.forget();
    return changed;
  }

  #noteWrites(sql: string): void {
    try {
      const { writes, dynamic, procedureCalls } = scanScript(sql);
      if (dynamic || procedureCalls.length > 0) this.#written = undefined;
      for (const { path } of writes) this.#written?.add(foldedKey(path, this.service.connection.project));
    } catch {
      this.#written = undefined;
    }
  }

  async #endSession(): Promise<void> {
    const session = this.#session;
    if (session === undefined || session === "new") return;
    // It ends by itself after a day.
    await this.service.jobs
      .run({ sql: "CALL BQ.ABORT_SESSION()", step: "end_session", session }, this.purpose)
      .catch(() => undefined);
  }

  async stage(query: string): Promise<Stage> {
    const name = await this.#newStage();
    const before = `CREATE TABLE ${this.#stagePath(name)} ${this.#stageOptions()} AS `;
    const session = this.#session === "new" ? undefined : this.#session;
    const { sql, origin } = await this.#previewed(query);
    await originOf(origin, before.length, () =>
      this.service.jobs.run({ sql: `${before}${sql}`, step: "stage", session }, this.purpose),
    );
    const [described] = await this.service.catalog.describe([this.#stageId(name)]);
    if (described === undefined) throw new EngineError("query", `the stage ${name} is gone; run again`);
    const { columns, foreignColumns } = described.relation;
    if (foreignColumns.length > 0)
      throw new EngineError(
        "sql",
        `columns of types that fastbreak does not know cannot be published: ${foreignColumns.join(", ")}`,
      );
    return { name, columns, rows: described.rows };
  }

  async #newStage(): Promise<string> {
    await this.service.readyStages();
    const name = `stage_${this.service.jobs.nonce}_${this.service.nextStage()}`;
    this.#stages.add(name);
    return name;
  }

  #stageOptions(): string {
    return `OPTIONS(expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL ${STAGE_HOURS} HOUR), labels = [('fastbreak_run', ${quoteText(labelOf(this.purpose.run))})])`;
  }

  /** A stage of rows that come from here. */
  async #stageRows(columns: readonly Column[], batches: RowBatches): Promise<Stage> {
    const name = await this.#newStage();
    const path = this.#stagePath(name);
    const run = (sql: string) => this.service.jobs.run({ sql, step: "stage" }, this.purpose);
    await run(`CREATE TABLE ${path} (${columnList(columns)}) ${this.#stageOptions()}`);
    let rows = 0;
    for await (const batch of batches) {
      for (const statement of insertStatements(path, columns, asObjects(columns, batch))) await run(statement);
      rows += batch.length;
    }
    return { name, columns, rows };
  }

  async replaceView(view: RelationId, query: string, settings?: RelationSettings): Promise<void> {
    if (this.isRehearsal) throw notUndone();
    const session = this.#session === "new" ? undefined : this.#session;
    const [existing] = await this.service.catalog.describe([view]);
    const path = sqlPath(this.service, view);
    const isMaterialized = settings?.isMaterialized ?? false;
    const stands = existing && kindSql(existing.relation);
    const kind = isMaterialized ? "MATERIALIZED VIEW" : "VIEW";
    // The service replaces a relation only by one of its kind.
    if (stands !== undefined && stands !== kind) await this.#guarded(`DROP ${stands} ${path}`, "replace", view);
    const layout = isMaterialized ? layoutSql(undefined, settings?.clusterBy ?? [], settings?.partitionBy) : "";
    const before = `CREATE OR REPLACE ${kind} ${path}${layout}${optionsSql(settings)} AS `;
    await originOf(undefined, before.length, () => this.#guarded(`${before}${query}`, "view", view, session));
    await this.service.catalog.describe([view]);
  }

  async publish(request: PublishRequest): Promise<PublishCounts> {
    return this.#plan(request.target, (described) => planPublish(this.#writeHost(request.target), described, request));
  }

  async accumulate(request: AccumulateRequest): Promise<PublishCounts> {
    return this.#plan(request.target, (described) => {
      const existing = described?.relation;
      if (existing?.kind === "table") return planAccumulate(this.#writeHost(request.target), existing, request);
      throw new EngineError("missing", `${relationKey(request.target)} is no table that rows could be added to`);
    });
  }

  async #plan(
    target: RelationId,
    plan: (described: Described | undefined) => Promise<PlannedWrite>,
  ): Promise<PublishCounts> {
    const key = relationKey(target);
    if (this.#pending.has(key)) await this.#publishEarly();
    const [described] = await this.service.catalog.describe([target]);
    const { counts, pending } = await plan(described);
    if (pending !== undefined) this.#pending.set(key, pending);
    return counts;
  }

  #writeHost(target: RelationId): WriteHost {
    return {
      query: (sql) => this.#rows(sql, "compare"),
      define: async (sql) => {
        if (this.isRehearsal) throw notUndone();
        await this.#guarded(sql, "define", target);
        this.service.catalog.forget();
      },
      path: (id) => sqlPath(this.service, id),
      stagePath: (name) => this.#stagePath(name),
    };
  }

  async digestStage(stage: Stage, like: Omit<DigestRequest, "range">): Promise<PartitionDigests> {
    const request = { ...like, range: undefined };
    const [digests] = await readDigests([{ request, source: this.#stagePath(stage.name) }], (sql) =>
      this.#rows(sql, "digest"),
    );
    return digests ?? new Map();
  }

  async discard({ name }: Stage): Promise<void> {
    await this.#dropStage(name);
  }

  async query(sql: string): Promise<QueryResult> {
    const { sql: text, origin } = await this.#previewed(sql);
    return originOf(origin, 0, () => this.#rows(text, "query"));
  }

  async requireQuery(sql: string): Promise<void> {
    const { sql: text, origin } = await this.#previewed(sql);
    await originOf(origin, 0, () => this.service.jobs.dryRun(text)).catch((cause: unknown) => {
      // What is wrong without a place, as the lack of a filter, is not wrong within every query around it.
      if (!(cause instanceof EngineError) || cause.offset !== undefined) throw cause;
    });
  }

  async returnsRow(sql: string): Promise<boolean> {
    const { sql: text, origin } = await this.#previewed(sql);
    const work = () => this.#rows(anyRowOf(text), "query");
    return (await originOf(origin, BEFORE_ANY_ROW.length, work)).rows.length > 0;
  }

  /** A query that sees what is to be published; where nobody can read it, that is published before. */
  async #previewed(sql: string): Promise<{ sql: string; origin?: (offset: number) => number | undefined }> {
    if (this.#pending.size === 0) return { sql };
    const rewritten = withPreviews(sql, this.service.connection.project, (key) => this.#pending.get(key)?.preview);
    if (rewritten !== undefined) return rewritten;
    await this.#publishEarly();
    return { sql };
  }

  async replaceContent({ table, rows, window }: ReplaceContentRequest): Promise<ReplacedContent> {
    const [existing] = await this.service.catalog.describe([table.id]);
    const { partitionColumn, clusterBy } = existing?.relation ?? table;
    if (existing?.relation.kind === "view")
      throw new EngineError("data", `${relationKey(table.id)} is a view; rows cannot be loaded into it`);
    if (window !== undefined && window.column.name !== partitionColumn)
      throw new EngineError("data", `${relationKey(table.id)} is not partitioned by ${window.column.name}`);
    const stage = await this.#stageRows(table.columns, rows);
    const { deleted, unchanged } = await this.publish({
      stage,
      target: table.id,
      partitions: window === undefined ? undefined : { within: [window.range], outside: undefined },
      partitionColumn,
      clusterBy,
      key: [],
      rowColumns: {},
      rowHash: undefined,
    });
    return { rows: stage.rows, replaced: existing === undefined ? undefined : deleted + unchanged };
  }

  mergeRows: Transaction["mergeRows"] = refuseLoad;

  replaceRows: Transaction["replaceRows"] = refuseLoad;

  /** Statements of the project were carried out, which nobody can undo: the same work must not be begun again. */
  get hasDone(): boolean {
    return this.#hasDone;
  }

  /** Publishes what is pending together with what is to be recorded. */
  async commit(): Promise<void> {
    if (this.#pending.size === 0 && this.#appended.length === 0) return;
    const records = await this.#recordStatements();
    await this.#refuseDrift();
    await this.#publish(records);
  }

  async #recordStatements(): Promise<readonly string[]> {
    const records = this.#appended.map(({ table, columns, rows }) => ({
      path: sqlPath(this.service, table),
      columns,
      rows,
    }));
    return recordStatements(records, async ({ columns, rows }) => {
      const { name } = await this.#stageRows(columns, inOneBatch(columns, rows));
      return this.#stagePath(name);
    });
  }

  /** Removes what was made for this transaction alone. */
  async end(): Promise<void> {
    await Promise.all([...this.#stages].map((name) => this.#dropStage(name)));
  }

  /** Publishes what is pending for statements that see it; the record follows. */
  async #publishEarly(): Promise<void> {
    if (this.#pending.size === 0) return;
    const own = [...this.#pending.keys()];
    await this.#refuseDrift(own);
    await this.#publish([]);
    // From here on it is as this transaction has made it.
    for (const key of own) this.#seen.delete(key);
  }

  async #publish(records: readonly string[]): Promise<void> {
    const pending = [...this.#pending.values()];
    if (this.isRehearsal && pending.length > 0) throw notUndone();
    for (const { target, definitions } of pending)
      for (const definition of definitions) await this.#guarded(definition, "define", target);
    const statements = [...pending.flatMap(({ changes }) => changes), ...records];
    const [only] = statements;
    const guard = this.#guard();
    const isAlone = statements.length < 2 && guard === "";
    const sql = isAlone
      ? only
      : `BEGIN TRANSACTION;\n${guard}${statements.map((statement) => `${statement};\n`).join("")}COMMIT TRANSACTION;`;
    // Two transactions that only add rows do not disturb each other, and neither sees the record of the other.
    const turn = records.length === 0 ? undefined : await this.#turnName();
    // The record is only inserted, which the service does at any rate; rows of the tables are changed.
    const mutates = pending.filter(({ changes }) => changes.length > 0).map(({ target }) => relationKey(target));
    if (sql !== undefined && statements.length > 0)
      await this.service.jobs
        .run({ sql, step: "publish", turn, touched: { mutates } }, this.purpose)
        .catch(refuseOvertaken);
    this.#pending.clear();
    await this.service.catalog.describe(pending.map(({ target }) => target));
  }

  /**
   * Rows were digested and read at different moments. Where a relation was written in between, what would be recorded of it may never
   * have been read.
   * @param only keys of those that are looked at; undefined: all
   */
  async #refuseDrift(only?: readonly string[]): Promise<void> {
    const written = this.#written;
    if (written === undefined) return;
    const seen = [...this.#seen].filter(([key]) => !written.has(key) && (only === undefined || only.includes(key)));
    const ids = seen.map(([, { requests }]) => (requests[0] as DigestRequest).relation.id);
    const described = await this.service.catalog.describe(ids);
    for (const [index, [key, { token, requests, digests }]] of seen.entries()) {
      const now = described[index]?.token;
      if (token !== undefined && now?.value !== token.value) throw drifted(key);
      if (token !== undefined && !token.isRacy) continue;
      const tokens = requests.map(() => now && { ...now, isRacy: true });
      const again = await standingDigests(this.service, requests, tokens, this.purpose);
      if (again.some((one, at) => !isSame(one, digests[at]))) throw drifted(key);
    }
  }

  async #dropStage(name: string): Promise<void> {
    this.#stages.delete(name);
    const path = restPath(this.#stageId(name), this.service.connection.project);
    await this.service.rest.find({ method: "DELETE", path }, () => undefined).catch(() => undefined);
  }

  #stageId(name: string): RelationId {
    return { dataset: this.service.stageDataset, name };
  }

  #stagePath(name: string): string {
    return sqlPath(this.service, this.#stageId(name));
  }

  #rows(sql: string, step: string): Promise<QueryResult> {
    return queryRows(this.service, sql, step, this.purpose);
  }
}

function notUndone(): EngineError {
  return new EngineError(
    "refused",
    "its statements were not tried, because BigQuery cannot undo them; try them in a project of their own",
  );
}

function drifted(key: string): EngineError {
  return new EngineError("conflict", `${key} was written while it was read; run again`);
}

function refuseOvertaken(cause: unknown): never {
  const isOvertaken = cause instanceof EngineError && cause.message.includes(OVERTAKEN);
  throw isOvertaken ? new EngineError("conflict", `${OVERTAKEN}; run again`) : cause;
}

function isSame(a: PartitionDigests, b: PartitionDigests | undefined): boolean {
  if (a.size !== b?.size) return false;
  return [...a].every(([partition, { digest }]) => b.get(partition)?.digest === digest);
}

/** Keys of the tables that statements of the project make or alter, each as often as they do; nobody knows what else they call. */
function definedIn(sql: string, home: string): readonly string[] {
  if (!/\b(?:CREATE|ALTER|DROP)\b/i.test(sql)) return [];
  try {
    return scanScript(sql).writes.map(({ path }) => foldedKey(path, home));
  } catch {
    return [];
  }
}

/** The text makes nothing that stays. */
function onlyDeclares(sql: string): boolean {
  try {
    const { writes, routines, dynamic, procedureCalls, declares } = scanScript(sql);
    const isWritten = !dynamic && procedureCalls.length === 0;
    return declares && isWritten && writes.length === 0 && routines.every(({ temporary }) => temporary);
  } catch {
    return false;
  }
}

/** Places of errors become those of the text that was given. */
async function originOf<T>(
  origin: ((offset: number) => number | undefined) | undefined,
  before: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof EngineError) || cause.offset === undefined) throw cause;
    const inText = cause.offset - before;
    const offset = inText < 0 ? undefined : origin === undefined ? inText : origin(inText);
    throw new EngineError(cause.code, cause.message, { ...cause, offset, line: undefined, column: undefined });
  }
}

async function* inOneBatch(columns: readonly Column[], rows: readonly RowObject[]) {
  yield rows.map((row) => columns.map(({ name }) => row[name] ?? null));
}
