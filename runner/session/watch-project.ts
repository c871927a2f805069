import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { join, sep } from "node:path";
import type { CheckResult } from "../check/check-result.js";
import { type PlacedFinding, placeFindings } from "../check/findings.js";
import type { TableDiff } from "../diff/table-diff.js";
import type { SqlChecker } from "../googlesql/checker.js";
import { quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { EVERYTHING, selectActions } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import { ProjectError } from "../project/errors.js";
import type { Manifest, ManifestAction } from "../project/manifest.js";
import { recompiled } from "../project/recompile.js";
import type { PlaceOptions } from "./choose-settings.js";
import { classifyError } from "./classify-error.js";
import { diffWorkingTree } from "./diff-session.js";
import { loadPlace } from "./load-place.js";
import { findPlace, type Place } from "./place.js";
import { selectable } from "./plan-request.js";
import { type ProjectSession, withProject } from "./session.js";
import { surroundingsOf } from "./surroundings.js";

/** What a watch tells. */
export type WatchEvent =
  /** The project is known; edits are seen from now on. */
  | { readonly event: "watching"; readonly projectDir: string; readonly actions: number }
  /** The mistakes that there are after a save. `quick`: of the saved files alone, before the project is compiled again. */
  | {
      readonly event: "checked";
      readonly files: readonly string[];
      readonly findings: readonly PlacedFinding[];
      readonly quick: boolean;
      readonly actions: number;
      /** Milliseconds since the save was seen. */
      readonly ms: number;
    }
  /** What a run would change in the rows of the edited actions and those that read them. */
  | {
      readonly event: "compared";
      readonly edited: readonly string[];
      readonly window: Window;
      readonly diffs: readonly TableDiff[];
      /** Readers that read every date of what was edited: they are not compared. */
      readonly left: readonly string[];
      readonly ms: number;
    }
  /** The comparison was not possible. */
  | { readonly event: "not_compared"; readonly edited: readonly string[]; readonly reasons: readonly string[] };

export interface WatchOptions {
  readonly place: PlaceOptions;
  /** The dates that are compared; undefined: the newest date that the edited tables have. */
  readonly window: Window;
  /** Show what a run would change. */
  readonly compares: boolean;
  readonly samples: number;
  readonly emit: (event: WatchEvent) => void;
}

/** Several writes of one save come together within this time. */
const SETTLE_MS = 15;
const UNWATCHED = /^(?:node_modules|dist|\..*)$/;

/** Looks at a project whenever one of its files is saved: first for mistakes, then for what would become of its rows. */
export class ProjectWatch {
  readonly #place: Place;
  readonly #saved = new Set<string>();
  /** Files that were saved since the whole project was looked at. */
  readonly #unchecked = new Set<string>();
  /** By folder of the project; `.` is the project's own. */
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #compiled: Compiled | undefined;
  #savedAt = 0;
  #isWorking = false;
  /** What was edited since the last comparison. */
  readonly #edited = new Set<string>();
  #isClosed = false;
  /** The last that was told of the project are mistakes. */
  #hasToldMistakes = false;

  private constructor(
    readonly options: WatchOptions,
    readonly checker: SqlChecker,
  ) {
    this.#place = findPlace(options.place);
  }

  /**
   * Compiles and checks the project, and watches it from then on.
   * @throws UserError for a place that is none
   */
  static async start(options: WatchOptions, checker: SqlChecker): Promise<ProjectWatch> {
    const project = new ProjectWatch(options, checker);
    project.#watch();
    const started = performance.now();
    await project.#check([], started);
    const known = project.#compiled?.manifest.actions ?? [];
    const actions = known.filter(({ type }) => type !== "declaration" && type !== "test").length;
    options.emit({ event: "watching", projectDir: project.#place.projectDir, actions });
    return project;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(): void {
    const { projectDir } = this.#place;
    const seen = (path: string | null) => {
      if (path === null || path.split(sep).some((part) => UNWATCHED.test(part))) return;
      if (this.#saved.size === 0) this.#savedAt = performance.now();
      this.#saved.add(path.split(sep).join("/"));
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#settle(), SETTLE_MS);
    };
    const own = watch(projectDir, (event, name) => {
      // A folder that comes, or comes back, is another one than before.
      if (event === "rename" && name !== null) this.#watchFolder(name, seen);
      seen(name);
    });
    this.#keepWatcher(".", own);
    for (const folder of foldersOf(projectDir)) this.#watchFolder(folder, seen);
  }

  #watchFolder(folder: string, seen: (path: string | null) => void): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    const path = join(this.#place.projectDir, folder);
    if (UNWATCHED.test(folder) || !isFolder(path)) return;
    this.#keepWatcher(
      folder,
      watch(path, { recursive: true }, (_event, name) => seen(name === null ? null : join(folder, name))),
    );
  }

  #keepWatcher(folder: string, watcher: FSWatcher): void {
    // A folder that is renamed under a watch is no reason to end.
    watcher.on("error", () => undefined);
    this.#watchers.set(folder, watcher);
  }

  async #settle(): Promise<void> {
    const files = [...this.#saved].sort();
    const savedAt = this.#savedAt;
    this.#saved.clear();
    for (const file of files) this.#unchecked.add(file);
    await this.#checkQuickly(files, savedAt);
    // The rest waits for its turn; it looks at the files as they are then.
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      while (this.#unchecked.size > 0 && !this.#isClosed) {
        const turn = [...this.#unchecked].sort();
        this.#unchecked.clear();
        const isRight = await this.#check(turn, this.#savedAt);
        if (isRight && this.#unchecked.size + this.#saved.size === 0) await this.#compare();
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** Looks at the saved files alone, as far as their SQL can be told without compiling. */
  async #checkQuickly(files: readonly string[], savedAt: number): Promise<void> {
    const compiled = this.#compiled;
    if (compiled === undefined || files.length === 0) return;
    const findings: PlacedFinding[] = [];
    for (const file of files) {
      const action = mainActionOf(compiled.manifest, file);
      const edited = action && recompiledAction(compiled, action, join(this.#place.projectDir, file));
      if (edited === undefined) continue;
      const found = await compiled.check.again(edited);
      findings.push(...placeFindings(this.#place.projectDir, { findings: found.filter(isError) }));
    }
    if (findings.length === 0) return;
    const ms = performance.now() - savedAt;
    this.#hasToldMistakes = true;
    this.options.emit({ event: "checked", files, findings, quick: true, actions: findings.length, ms });
  }

  /** Compiles and checks the whole project; whether it has no mistake. */
  async #check(saved: readonly string[], savedAt: number): Promise<boolean> {
    const before = this.#compiled;
    const { compiled, findings, checked } = await this.#compile();
    const edited = compiled === undefined ? [] : editedActions(before?.manifest, compiled.manifest);
    if (compiled !== undefined) {
      for (const { key } of edited) this.#edited.add(key);
      const isSame = compiled.manifest.inputsDigest === before?.manifest.inputsDigest;
      this.#compiled = compiled;
      // A file that the project does not read was saved, or one that was saved before is as it was.
      if (isSame && saved.length > 0 && !this.#hasToldMistakes) return findings.length === 0;
    }
    if (this.#isClosed || (saved.length === 0 && findings.length === 0)) return true;
    const ms = performance.now() - savedAt;
    // Editors write beside a file and rename: what was seen may be gone.
    const there = saved.filter((file) => readText(join(this.#place.projectDir, file)) !== undefined);
    const gone = edited.length > 0 ? [...new Set(edited.map(({ fileName }) => fileName))] : saved;
    const files = there.length > 0 ? there : gone;
    this.#hasToldMistakes = findings.length > 0;
    this.options.emit({ event: "checked", files, findings, quick: false, actions: checked, ms });
    return findings.length === 0;
  }

  async #compile() {
    const place = this.#place;
    // The compiler is a process of its own: what else is needed is looked up meanwhile.
    const [loaded, around, { checkProject }, { inferSources }] = await Promise.all([
      loadPlace(place).catch((cause: unknown) => {
        if (cause instanceof ProjectError) return cause;
        throw cause;
      }),
      this.#surroundings(),
      import("../check/check-project.js"),
      import("../infer/infer-sources.js"),
    ]);
    if (loaded instanceof ProjectError) {
      const findings = loaded.problems.map((problem): PlacedFinding => ({ ...problem, action: null }));
      return { compiled: undefined, findings, checked: 0 };
    }
    const { manifest } = loaded;
    const inferred = inferSources(manifest, around.relations);
    const check = await checkProject(manifest, { ...around, inferred }, this.checker);
    const sources = new Map<string, string>();
    for (const { fileName } of manifest.actions) {
      const source = sources.has(fileName) ? undefined : readText(join(place.projectDir, fileName));
      if (source !== undefined) sources.set(fileName, source);
    }
    const findings = placeFindings(place.projectDir, { findings: check.findings.filter(isError) });
    return { compiled: { manifest, check, sources }, findings, checked: check.checked };
  }

  /** What is in the warehouse, as far as it can be opened now: a run may hold it. */
  async #surroundings(): ReturnType<typeof surroundingsOf> {
    try {
      return await surroundingsOf(this.#place);
    } catch (cause) {
      if (classifyError(cause) === undefined) throw cause;
      return { relations: new Map(), routines: new Map() };
    }
  }

  async #compare(): Promise<void> {
    const { place, compares, samples, emit } = this.options;
    const edited = [...this.#edited].sort();
    this.#edited.clear();
    if (!compares || this.#isClosed || edited.length === 0) return;
    const started = performance.now();
    try {
      const compared = await withProject(place, async (session) => {
        const { actions } = session.project;
        const there = edited.filter((key) => actions.some(({ node }) => node.key === key));
        if (there.length === 0) return { window: undefined, diffs: [], left: [] };
        const window = this.options.window ?? (await newestDate(session, there));
        const select = there.map((key) => `${key}+`);
        const keys = selectActions(actions.map(selectable), { ...EVERYTHING, select }) ?? new Set<string>();
        const models = actions.filter(({ node }) => node.kind === "model" && keys.has(node.key));
        // A reader of every date would have every date built.
        const isShort = ({ node }: RunnableAction) => node.partitioned || there.includes(node.key);
        const chosen = models.filter(isShort).map(({ node }) => node.key);
        const left = models.filter((model) => !isShort(model)).map(({ node }) => node.key);
        const request = { window, selection: { ...EVERYTHING, actions: chosen }, force: false, upstream: true };
        const options = { key: [], samples, views: false, onAction: () => undefined };
        return { window, left, diffs: chosen.length === 0 ? [] : await diffWorkingTree(session, request, options) };
      });
      emit({ event: "compared", edited, ...compared, ms: performance.now() - started });
    } catch (cause) {
      const failure = classifyError(cause);
      if (failure === undefined) throw cause;
      emit({ event: "not_compared", edited, reasons: failure.lines });
    }
  }
}

/** The project as it was compiled last, with the texts that it was compiled from. */
interface Compiled {
  readonly manifest: Manifest;
  readonly check: CheckResult;
  readonly sources: ReadonlyMap<string, string>;
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === "error";
}

/** The one action that a SQLX file is about; assertions that its config asks for come besides. */
function mainActionOf({ actions }: Manifest, file: string): ManifestAction | undefined {
  if (!file.endsWith(".sqlx")) return undefined;
  const found = actions.filter(
    ({ fileName, parent, type }) =>
      fileName === file && parent === undefined && type !== "test" && type !== "operation",
  );
  return found.length === 1 ? found[0] : undefined;
}

/** An action with the queries of its file as it is now; undefined: only a compile can tell them. */
function recompiledAction(
  { manifest, sources }: Compiled,
  action: ManifestAction,
  path: string,
): ManifestAction | undefined {
  const [before, now] = [sources.get(action.fileName), readText(path)];
  if (before === undefined || now === undefined || before === now) return undefined;
  const refer = (names: readonly string[]) => {
    const [name, dataset, database] = [...names].reverse();
    const found = manifest.actions.filter(
      ({ target, type }) =>
        type !== "test" &&
        target.name === name &&
        (dataset === undefined || target.dataset === dataset) &&
        (database === undefined || target.database === database),
    );
    const [only] = found;
    if (only === undefined || found.length > 1) return undefined;
    return `\`${[only.target.database, only.target.dataset, only.target.name].filter((part) => part !== "").join(".")}\``;
  };
  const query = recompiled({ source: before, query: action.query ?? "" }, now, refer);
  if (query === undefined) return undefined;
  if (action.incremental === undefined) return { ...action, query };
  // The incremental query is made of the same text, with other values of what tells the two apart.
  const incremental = recompiled({ source: before, query: action.incremental.query }, now, refer);
  if (incremental === undefined) return undefined;
  return { ...action, query, incremental: { ...action.incremental, query: incremental } };
}

/** The actions whose SQL is another than before. */
function editedActions(before: Manifest | undefined, after: Manifest): ManifestAction[] {
  if (before === undefined) return [];
  const known = new Map(before.actions.map(({ key, compiledHash }) => [key, compiledHash]));
  return after.actions.filter(
    ({ key, type, compiledHash }) => type !== "test" && type !== "declaration" && known.get(key) !== compiledHash,
  );
}

/** The newest date of the tables of some actions, and of those that read them: one partition is enough to see what an edit does. */
async function newestDate(session: ProjectSession, keys: readonly string[]): Promise<Window> {
  const { actions } = session.project;
  const dated = actions.filter(({ node }) => node.partitioned);
  const readers = dated.filter(({ node }) => node.upstreams.some(({ key }) => keys.includes(key)));
  const asked = [...dated.filter(({ node }) => keys.includes(node.key)), ...readers];
  return session.warehouse.transaction(async (transaction) => {
    const relations = await transaction.relations();
    for (const { node } of asked) {
      const column = relations.get(node.key)?.partitionColumn;
      if (column === undefined) continue;
      const { rows } = await transaction.query(
        `SELECT CAST(MAX(${quoteKey(column)}) AS STRING) FROM ${quoteKey(node.key)}`,
      );
      const date = rows[0]?.[0];
      if (typeof date === "string") return { from: date, to: date };
    }
    return undefined;
  });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function foldersOf(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
