import type { Catalog, CatalogTable } from "../googlesql/catalog.js";
import type { CheckScope, SqlChecker } from "../googlesql/checker.js";
import type { DialectError } from "../googlesql/contract.js";
import {
  type CreateRoutine,
  type DeclaredFunction,
  declaredFunctions,
  declaredProcedures,
  routineNamed,
} from "../googlesql/declared-functions.js";
import { scanScript } from "../googlesql/index.js";
import { datasetOf, foldedKey, foldProject, nameOf, type ProjectNames } from "../googlesql/project-names.js";
import type { ProjectText } from "../graph/locate.js";
import { withOwnTable } from "../graph/own-table.js";
import type { Column } from "../port/sql-types.js";
import { projectNames, withPlainlyLoaded } from "../project/foreign-relations.js";
import { readingOrder } from "../project/link-reads.js";
import type { Manifest, ManifestAction } from "../project/manifest.js";
import { relationOf } from "../project/runnable.js";
import { suggestion } from "../project/settings.js";
import { SYSTEM_COLUMNS, systemViewAt } from "../server/system-tables/definitions.js";
import type { CheckedRelation, CheckResult, Finding, Surroundings, Unchecked } from "./check-result.js";
import { arrayAliases, guessedTables, isCertain, isMisspelt } from "./guessed-tables.js";

/** Columns of a relation; `suspects` are those whose type is a guess. */
interface KnownRelation extends CheckedRelation {
  readonly suspects: ReadonlySet<string>;
}

/**
 * Resolves every model, view, assertion and operation of a project against the columns of what it reads: those of sources from
 * `sources`, those of models from their own queries. Nothing is executed.
 * @param surroundings the columns of a source that is not there are those that the project names; where it names none, its readers
 * are unchecked
 */
export async function checkProject(
  manifest: Manifest,
  surroundings: Surroundings,
  checker: SqlChecker,
): Promise<CheckResult> {
  const check = new ProjectCheck(manifest, surroundings, checker);
  for (const action of readingOrder(manifest.actions)) await check.action(action);
  return check;
}

/** Functions of BigQuery that stand behind a word and a dot: no functions of somebody's dataset. */
const BUILT_IN = /^`?(AEAD|AI|HLL_COUNT|KEYS|KLL_QUANTILES|ML|NET|OBJ)\./i;

/** What is known of a relation without a query. */
function known(columns: readonly Column[], suspects: ReadonlySet<string> = new Set()): KnownRelation {
  return { columns, suspects, lineage: undefined };
}

const CHECKED: ReadonlySet<ManifestAction["type"]> = new Set([
  "table",
  "view",
  "incremental",
  "assertion",
  "operation",
]);

class ProjectCheck implements CheckResult {
  findings: Finding[] = [];
  readonly unchecked: Unchecked[] = [];
  checked = 0;
  readonly #known = new Map<string, KnownRelation>();
  /** Why a relation's columns are not known. */
  readonly #unknown = new Map<string, string>();
  readonly #actions: ReadonlySet<string>;
  readonly #operations: ReadonlySet<string>;
  readonly #views: ReadonlySet<string>;
  readonly #ownDatasets: ReadonlySet<string>;
  readonly #hasWarehouse: boolean;
  readonly #routines: ReadonlyMap<string, DeclaredFunction>;
  readonly #procedures: ReadonlyMap<string, CreateRoutine>;
  /** Some statement runs a text that is put together, which may make anything. */
  readonly #makesByText: boolean;
  readonly sources: ReadonlyMap<string, readonly Column[]>;
  /** Relations whose columns, or the types of them, are guesses. */
  readonly #guessed = new Set<string>();
  readonly #projects: ProjectNames;

  constructor(
    manifest: Manifest,
    { relations: sources, routines, inferred }: Surroundings,
    readonly checker: SqlChecker,
  ) {
    this.sources = withPlainlyLoaded(sources, manifest);
    this.#projects = projectNames(manifest);
    const statements = manifest.actions.flatMap(({ operations, preOps, postOps }) => [
      ...operations,
      ...preOps,
      ...postOps,
    ]);
    const texts = [...routines.values(), ...statements];
    this.#routines = declaredFunctions(texts, manifest.homeProject);
    this.#procedures = declaredProcedures(texts, manifest.homeProject);
    this.#makesByText = statements.some((text) => /\bEXECUTE\s+IMMEDIATE\b/i.test(text));
    this.#actions = new Set(manifest.actions.map(({ key }) => key));
    this.#views = new Set(manifest.actions.filter(({ type }) => type === "view").map(({ key }) => key));
    const operations = manifest.actions.filter(({ type }) => type === "operation");
    this.#operations = new Set(operations.map(({ key }) => key));
    this.#ownDatasets = new Set(
      manifest.actions.flatMap(({ type, target }) =>
        CHECKED.has(type) && type !== "assertion" ? [relationOf({ target }, manifest.homeProject).dataset] : [],
      ),
    );
    this.#hasWarehouse = this.sources.size > 0;
    for (const [key, columns] of this.sources) this.#known.set(key, known(columns));
    for (const { key, type } of manifest.actions) {
      if (type === "declaration") {
        if (!this.sources.has(key)) this.#unknown.set(key, unknownColumns(key));
      } else if (type !== "test") this.#known.delete(key);
    }
    const declared = new Set(manifest.actions.filter(({ type }) => type === "declaration").map(({ key }) => key));
    const candidates = inferred.filter(({ key }) => declared.has(key) || this.#canBeForeign(key));
    for (const { key, pattern, columns, suspects } of guessedTables(candidates)) {
      if (columns.length === 0) {
        this.#unknown.set(pattern, unknownColumns(pattern));
        continue;
      }
      this.#known.set(key, known(columns, suspects));
      this.#unknown.delete(pattern);
      for (const name of [key, pattern]) this.#guessed.add(name);
      if (pattern !== key) this.#known.set(pattern, known(columns, suspects));
    }
  }

  /**
   * Whether a table that nobody has made or declared may be one of somebody else. In a dataset that is in the warehouse it would be
   * there; in one that the project fills, a name that is nearly one of its own is a mistake.
   */
  #canBeForeign(key: string): boolean {
    if (!this.#isOwn(key)) return ![...this.sources.keys()].some((other) => datasetOf(other) === datasetOf(key));
    return !this.#hasWarehouse && !isMisspelt(key, this.#actions);
  }

  #isOwn(key: string): boolean {
    return this.#ownDatasets.has(datasetOf(key));
  }

  get relations(): ReadonlyMap<string, CheckedRelation> {
    return this.#known;
  }

  async action(action: ManifestAction): Promise<void> {
    if (!CHECKED.has(action.type)) return;
    // Operations do not say what they read; for anything else a dependency that is not read does not matter.
    const inputs = new Set([
      ...action.reads.map(({ key }) => key),
      ...(action.type === "operation" ? action.dependencies.filter((key) => !this.#operations.has(key)) : []),
    ]);
    const reason = [...inputs].map((key) => this.#whyUnknown(key)).find((why) => why !== undefined);
    if (reason !== undefined) {
      this.unchecked.push({ action, reason });
      this.#unknown.set(action.key, reason);
      return;
    }
    const foreign = this.#foreign(action);
    if (foreign !== undefined) {
      this.unchecked.push({ action, reason: foreign });
      this.#unknown.set(action.key, foreign);
      return;
    }
    this.checked += 1;
    if (action.type === "operation") {
      await this.#operation(action);
      return;
    }
    const scope = this.checker.scope();
    // They may change the table as an earlier build left it.
    const live = action.preOps.length > 0 ? this.sources.get(action.key) : undefined;
    if (live !== undefined) this.#known.set(action.key, known(live));
    await this.#statements(action, "pre_operations", action.preOps, scope);
    await this.#query(action, scope);
    await this.#statements(action, "post_operations", action.postOps, scope);
    await this.#incremental(action);
  }

  async again(action: ManifestAction): Promise<readonly Finding[]> {
    const { findings, checked } = this;
    this.findings = [];
    this.#unknown.delete(action.key);
    await this.action(action);
    const found = this.findings;
    this.findings = findings;
    this.checked = checked;
    return found;
  }

  /** What runs where the table is there already; by now its columns are known. */
  async #incremental(action: ManifestAction): Promise<void> {
    const { incremental } = action;
    if (incremental === undefined || !this.#known.has(action.key)) return;
    const scope = this.checker.scope();
    await this.#statements(action, "pre_operations", incremental.preOps, scope);
    const text = incremental.query;
    const { errors } = await this.checker.query(text, this.#catalog(), this.#suspects(action, text), scope);
    for (const error of errors) this.#report(action, "sql", text, error);
    await this.#statements(action, "post_operations", incremental.postOps, scope);
  }

  /** Without a warehouse, functions and wildcard tables that the project does not make can be looked up nowhere. */
  #foreign({ foreignFunctions, wildcards }: ManifestAction): string | undefined {
    if (this.#hasWarehouse) return undefined;
    const isForeign = (name: string): boolean => {
      const dataset = datasetOf(foldedKey(name.split("."), this.#projects.home));
      return dataset !== "" && !this.#ownDatasets.has(dataset) && !BUILT_IN.test(name);
    };
    const called = foreignFunctions.find(isForeign);
    if (called !== undefined)
      return `no operation of the project creates function ${called}, and there is no warehouse to look it up in`;
    const wildcard = wildcards.find((name) => isForeign(name) && !this.#known.has(name));
    return wildcard && unknownColumns(wildcard);
  }

  #whyUnknown(key: string): string | undefined {
    const reason = this.#unknown.get(key);
    if (reason !== undefined || this.#hasWarehouse || this.#actions.has(key)) return reason;
    return this.#known.has(key) || this.#isOwn(key) ? undefined : unknownColumns(key);
  }

  /** What an operation makes by dynamic SQL or in a procedure is known only where it exists already. */
  async #operation(action: ManifestAction): Promise<void> {
    for (const text of action.operations) await this.#statements(action, "sql", [text], this.checker.scope());
    if (this.#known.has(action.key)) return;
    const columns = this.sources.get(action.key);
    if (columns !== undefined) this.#known.set(action.key, known(columns));
    else this.#unknown.set(action.key, `${action.key} is made by an operation that does not show its columns`);
  }

  async #query(action: ManifestAction, scope: CheckScope): Promise<void> {
    const text = action.query ?? "";
    const catalog = this.#catalog(action.type === "view");
    const diagnosis = await this.checker.query(text, catalog, this.#suspects(action, text), scope);
    for (const error of diagnosis.errors) this.#report(action, "sql", text, error);
    const { unnamed } = diagnosis;
    if (unnamed !== undefined) {
      const what = action.type === "table" || action.type === "incremental" ? "CREATE TABLE" : "CREATE VIEW";
      const message = `${what} columns must be named, but column ${unnamed.position} has no name`;
      this.#report(action, "sql", text, { kind: "analysis", message, span: unnamed.span });
    }
    if (diagnosis.columns === undefined) {
      const isLimit = diagnosis.errors.every(({ kind }) => kind === "unsupported");
      const why = isLimit ? "uses what the embedded engine does not support" : "has errors";
      this.#unknown.set(action.key, `${action.key} ${why}, so its columns are not known`);
      return;
    }
    const { columns, suspects, lineage } = diagnosis;
    this.#known.set(action.key, { columns, suspects, lineage });
    if (diagnosis.suspects.size > 0) this.#guessed.add(action.key);
    this.#configured(action, diagnosis.columns);
  }

  /** Columns that the configuration names must be columns of the query. */
  #configured(action: ManifestAction, columns: readonly Column[]): void {
    const names = new Set(columns.map(({ name }) => name.toLowerCase()));
    const settings: [string, readonly string[]][] = [
      ["partitionBy", action.partitionColumn === undefined ? [] : [action.partitionColumn]],
      ["clusterBy", action.clusterBy],
      ["uniqueKey", action.uniqueKey],
    ];
    for (const [setting, wanted] of settings) {
      for (const name of wanted) {
        if (names.has(name.toLowerCase())) continue;
        const message = `${setting} names ${name}, which the query does not give${suggestion(
          name,
          columns.map((column) => column.name),
        )}`;
        this.findings.push({ action, severity: "error", message, place: { kind: "config", setting, name } });
      }
    }
  }

  async #statements(
    action: ManifestAction,
    kind: ProjectText["kind"],
    texts: readonly string[],
    scope: CheckScope,
  ): Promise<void> {
    for (const text of texts) {
      const { errors, created } = await this.checker.script(text, this.#catalog(), scope);
      const isGuess = this.#namesGuessed(text);
      for (const error of errors) if (!isGuess || isCertain(error)) this.#report(action, kind, text, error);
      for (const [key, columns] of created) {
        const suspects = new Set(isGuess ? columns.map(({ name }) => name.toLowerCase()) : []);
        this.#known.set(key, known(columns, suspects));
        if (isGuess) this.#guessed.add(key);
      }
    }
  }

  /** Whether a text reads or changes what is a guess; of one that cannot be read, whether it has a name in it. */
  #namesGuessed(text: string): boolean {
    try {
      const { tables, writes } = scanScript(text);
      const paths = [...tables, ...writes.map(({ path }) => path)];
      return paths.some((path) => this.#guessed.has(foldedKey(path, this.#projects.home)));
    } catch {
      return [...this.#guessed].some((key) => text.includes(nameOf(key)));
    }
  }

  /** Columns that the query can read, in lower case, whose types are guesses. */
  #suspects(action: ManifestAction, text: string): ReadonlySet<string> {
    const keys = [...this.#readBy(action), action.key];
    const suspects = new Set(keys.flatMap((key) => [...(this.#known.get(key)?.suspects ?? [])]));
    if (suspects.size > 0) for (const alias of arrayAliases(text)) suspects.add(alias);
    return suspects;
  }

  #readBy({ reads, incremental, hiddenReads, wildcards }: ManifestAction): readonly string[] {
    return [...reads, ...(incremental?.reads ?? [])].map(({ key }) => key).concat(hiddenReads, wildcards);
  }

  #report(
    action: ManifestAction,
    kind: ProjectText["kind"],
    text: string,
    { kind: what, message, span }: Pick<DialectError, "kind" | "message" | "span">,
  ): void {
    // Which of several guessed tables has a column, and what else they have, nobody knows.
    const isGuess = /ambiguous|^Duplicate column names/.test(message);
    if (isGuess && this.#readBy(action).some((key) => this.#guessed.has(key))) return;
    const severity = what === "unsupported" ? "limit" : "error";
    const place = { kind: "compiled", compiled: { kind, text }, offset: span.start } as const;
    this.findings.push({ action, severity, message: withOwnTable(message, action.type, action.key), place });
  }

  #catalog(isOfView = false): Catalog {
    return {
      isOfView,
      projects: this.#projects,
      find: (path): CatalogTable | undefined => {
        const [dataset = "", name = ""] = foldProject(path, this.#projects.home);
        const known = this.#known.get(`${dataset}.${name}`);
        const isView = this.#views.has(`${dataset}.${name}`);
        const made = isOfView ? undefined : systemViewAt(path);
        const columns = known?.columns ?? (made && SYSTEM_COLUMNS[made.view]);
        return columns && { path: [dataset, name], columns, isView };
      },
      names: () => [...this.#known.keys()].filter((key) => !key.endsWith("*")),
      routine: (name) => routineNamed(name, this.#projects, this.#routines)?.routine,
      hasProcedure: (name) => this.#hasProcedure(name),
    };
  }

  #hasProcedure(name: string): boolean | undefined {
    if (/^bq\./i.test(name) || routineNamed(name, this.#projects, this.#procedures) !== undefined) return true;
    return this.#hasWarehouse && !this.#makesByText ? false : undefined;
  }
}

function unknownColumns(key: string): string {
  return `source columns unknown: ${key} is not in the warehouse, and the SQL does not tell its columns`;
}
