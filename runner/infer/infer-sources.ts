import type { Expr, Query, Statement } from "../googlesql/ast.js";
import { DialectError } from "../googlesql/contract.js";
import { SqlProblem } from "../googlesql/errors.js";
import { parseScriptText } from "../googlesql/parser/script.js";
import { parseQueryText } from "../googlesql/parser/statement.js";
import { foldProject } from "../googlesql/project-names.js";
import { isSystemTable } from "../googlesql/system-tables.js";
import { walk } from "../googlesql/walk.js";
import type { Column } from "../port/sql-types.js";
import { withPlainlyLoaded } from "../project/foreign-relations.js";
import { readingOrder } from "../project/link-reads.js";
import type { Manifest, ManifestAction } from "../project/manifest.js";
import { expressionType, typeOf } from "./expressions.js";
import { QueryInference, type RowChange } from "./queries.js";
import { OpenTable, QueryRelation, type Relation } from "./relation.js";
import type { NameScope } from "./scope.js";
import { TypeVar } from "./type-var.js";

/** A table outside of the project, as the project's SQL uses it. */
export interface InferredTable {
  /** `dataset.name`; of wildcard tables the pattern, `dataset.prefix_*`. */
  readonly key: string;
  /** In the order in which they are first named. */
  readonly columns: readonly { readonly name: string; readonly type: TypeVar }[];
  /** Pseudo columns that are read of it, in capitals. */
  readonly pseudo: readonly string[];
  /** What the suffixes of wildcard tables are compared with. */
  readonly suffixes: readonly string[];
  /** Keys of the actions that read it. */
  readonly readers: readonly string[];
}

/**
 * Infers, for every relation that the project reads and does not make, the columns that its SQL names and what it does with them.
 * Nothing is executed; what does not parse is left out.
 * @param known columns of relations that are there, by `dataset.name`: they are no question
 */
export function inferSources(
  manifest: Pick<Manifest, "actions" | "homeProject">,
  known: ReadonlyMap<string, readonly Column[]>,
): readonly InferredTable[] {
  const project = new ProjectInference(withPlainlyLoaded(known, manifest), manifest.homeProject);
  const ordered = readingOrder(manifest.actions);
  // First what is certain; then a column that can be of several tables goes to one that is known to have it, or to the first.
  for (const isStrict of [true, false]) project.pass(ordered, isStrict);
  project.shareWildcards();
  return project.tables();
}

const MODELS: ReadonlySet<ManifestAction["type"]> = new Set(["table", "view", "incremental", "assertion"]);

class ProjectInference {
  readonly #known: ReadonlyMap<string, Relation>;
  readonly #open = new Map<string, { readonly table: OpenTable; readonly readers: Set<string> }>();
  #models = new Map<string, Relation>();
  #made: ReadonlySet<string> = new Set();
  #reader = "";

  constructor(
    known: ReadonlyMap<string, readonly Column[]>,
    readonly home: string,
  ) {
    this.#known = new Map([...known].map(([key, columns]) => [key, closed(columns)]));
  }

  pass(actions: readonly ManifestAction[], isStrict: boolean): void {
    this.#models = new Map();
    this.#made = new Set(
      actions.flatMap(({ type, key, hasOutput, writes }) => [
        ...(MODELS.has(type) || (type === "operation" && hasOutput) ? [key] : []),
        ...writes.filter(({ does }) => does === "makes").map((written) => written.key),
      ]),
    );
    const inference = new QueryInference((path) => this.#relation(path), isStrict);
    for (const action of actions) this.#action(action, inference);
  }

  /** A table that a wildcard covers has the columns that are asked of the wildcard, which may cover it alone. */
  shareWildcards(): void {
    for (const [wildcard, { table }] of this.#open) {
      if (!wildcard.endsWith("*")) continue;
      for (const [key, { table: member }] of this.#open) {
        if (key === wildcard || !key.startsWith(wildcard.slice(0, -1))) continue;
        for (const { name, type } of table.columns()) member.demand(name).unify(type);
      }
    }
  }

  tables(): readonly InferredTable[] {
    return [...this.#open]
      .map(([key, { table, readers }]) => ({
        key,
        columns: table.columns(),
        pseudo: [...table.pseudo.keys()],
        suffixes: table.pseudo.get("_TABLE_SUFFIX")?.literals() ?? [],
        readers: [...readers],
      }))
      .sort((a, b) => a.key.localeCompare(b.key));
  }

  #action(action: ManifestAction, inference: QueryInference): void {
    this.#reader = action.key;
    const { incremental } = action;
    const variables = new Map<string, TypeVar>();
    const scope: NameScope = { ranges: [], aliases: variables, parent: undefined };
    for (const text of [...action.preOps, ...action.operations]) this.#script(text, inference, scope, variables);
    if (MODELS.has(action.type)) {
      const relation = this.#query(action.query ?? "", inference, scope) ?? new OpenTable();
      // What the configuration names is a column of the query.
      const { partitionColumn, clusterBy, uniqueKey } = action;
      for (const name of [...(partitionColumn === undefined ? [] : [partitionColumn]), ...clusterBy, ...uniqueKey])
        if (relation.isOpen) relation.demand(name);
      for (const name of clusterBy) relation.known(name)?.partitions();
      this.#models.set(action.key, relation);
    }
    for (const text of incremental?.preOps ?? []) this.#script(text, inference, scope, variables);
    if (incremental !== undefined) this.#query(incremental.query, inference, scope);
    for (const text of [...action.postOps, ...(incremental?.postOps ?? [])])
      this.#script(text, inference, scope, variables);
  }

  #query(text: string, inference: QueryInference, scope: NameScope): Relation | undefined {
    const query = parsed(() => parseQueryText(text));
    return query && inference.query(query, scope);
  }

  /** Declared variables become names; every query of every statement is looked at. */
  #script(text: string, inference: QueryInference, scope: NameScope, variables: Map<string, TypeVar>): void {
    const statements = parsed(() => parseScriptText(text)) ?? [];
    walk(statements, (node) => {
      if (node.kind === "createFunction") inference.declare(node as unknown as FunctionDeclaration);
      if (node.kind === "createFunction" || node.kind === "createTableFunction" || node.kind === "createProcedure")
        return false;
      if (node.kind === "declare") this.#declare(node as unknown as Declaration, inference, scope, variables);
      if (node.kind === "merge" || node.kind === "update" || node.kind === "delete") {
        inference.change(node as unknown as RowChange, scope);
        return false;
      }
      const query = node.query as Query | undefined;
      if (typeof query !== "object" || !("body" in query)) return undefined;
      inference.query(query, scope);
      return false;
    });
  }

  #declare(declared: Declaration, inference: QueryInference, scope: NameScope, variables: Map<string, TypeVar>): void {
    const written = declared.type === undefined ? undefined : typeOf(declared.type);
    const type = written === undefined ? new TypeVar() : TypeVar.known(written);
    if (declared.value !== undefined) type.unify(expressionType(declared.value, scope, inference));
    for (const { name } of declared.names) variables.set(name.toLowerCase(), type);
  }

  #relation(path: readonly string[]): Relation {
    const [dataset, name] = foldProject(path, this.home);
    const isForeign = name === undefined || isSystemTable(path.join("."));
    if (isForeign) return new OpenTable();
    const key = `${dataset}.${name}`;
    const found = this.#models.get(key) ?? (this.#made.has(key) ? new OpenTable() : this.#known.get(key));
    if (found !== undefined) return found;
    if (name.endsWith("*") && this.#knownMember(key.slice(0, -1)) !== undefined)
      return this.#knownMember(key.slice(0, -1)) as Relation;
    const open = this.#open.get(key) ?? { table: new OpenTable(), readers: new Set() };
    this.#open.set(key, open);
    open.readers.add(this.#reader);
    return open.table;
  }

  /** The last table of a prefix by name, whose columns a wildcard table has. */
  #knownMember(prefix: string): Relation | undefined {
    const names = [...this.#known.keys(), ...this.#models.keys()].filter((key) => key.startsWith(prefix)).sort();
    const last = names.at(-1);
    return last === undefined ? undefined : (this.#known.get(last) ?? this.#models.get(last));
  }
}

type FunctionDeclaration = Extract<Statement, { kind: "createFunction" }>;

interface Declaration {
  readonly names: readonly { readonly name: string }[];
  readonly type: Parameters<typeof typeOf>[0] | undefined;
  readonly value: Expr | undefined;
}

function closed(columns: readonly Column[]): Relation {
  const relation = new QueryRelation();
  for (const { name, type } of columns) relation.add(name, TypeVar.known(type));
  return relation;
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (cause) {
    // What the parser cannot read says nothing; `check` and `run` tell of it.
    if (cause instanceof SqlProblem || cause instanceof DialectError) return undefined;
    throw cause;
  }
}
