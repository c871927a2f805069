import type { FromItem, PathNode, Query } from "./ast.js";
import type { FunctionScan, RelationWrite, ScriptScan } from "./contract.js";
import { Scanner } from "./scan.js";
import type { ScriptStatement } from "./script-ast.js";
import { volatileUse } from "./volatile-names.js";

type Node = Readonly<Record<string, unknown>>;
type Of<K extends ScriptStatement["kind"]> = Extract<ScriptStatement, { kind: K }>;
type CreateRoutine = Of<"createFunction" | "createTableFunction" | "createProcedure">;

/** What the statements of a script read, call and create, in all branches. */
export function scanStatements(sql: string, statements: readonly ScriptStatement[]): ScriptScan {
  const scan = new StatementScanner(sql);
  scan.visit(statements);
  const made = new Set([...scan.temporaryTables, ...scan.tables]);
  return {
    tables: pathsOf(scan.scanner).filter((path) => !made.has(path.join("."))),
    volatileCalls: scan.scanner.volatileCalls.map(({ functionName }) => functionName),
    userCalls: [...scan.scanner.userCalls],
    routines: scan.routines,
    temporaryTables: [...scan.temporaryTables],
    writes: [...scan.writes.values()].filter(({ path }) => !isTemporaryName(path, scan.temporaryTables)),
    declares: scan.declares,
    procedureCalls: [...scan.procedureCalls],
    dynamic: scan.dynamic,
  };
}

class StatementScanner {
  readonly scanner: Scanner;
  readonly routines: FunctionScan[] = [];
  readonly temporaryTables = new Set<string>();
  /** The other tables that it creates, as it names them. */
  readonly tables = new Set<string>();
  /** What it does to other relations, by name; making one counts for more than changing it. */
  readonly writes = new Map<string, RelationWrite>();
  /** Those of them that it makes only where they are missing: changing one counts for more. */
  readonly #madeIfMissing = new Set<string>();
  readonly procedureCalls = new Set<string>();
  declares = false;
  dynamic = false;

  constructor(readonly sql: string) {
    this.scanner = new Scanner(sql);
  }

  visit(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item);
      return;
    }
    const node = value as Node;
    if (isQuery(node)) this.scanner.query(node, new Set(), new Map(), undefined);
    else if (isFromItem(node)) this.scanner.from(node, new Set(), new Map());
    else if (isRoutine(node)) this.#routine(node);
    else if (isExpression(node)) this.scanner.expr(node, new Set(), new Map(), undefined);
    else {
      this.#note(node);
      for (const child of Object.values(node)) this.visit(child);
    }
  }

  #note(node: Node): void {
    const { kind } = node;
    // Files may be others the next time.
    this.dynamic ||= kind === "loadData" || kind === "execute";
    if (kind === "call" && "path" in node) this.procedureCalls.add(nameOf(node.path as PathNode));
    this.declares ||= kind === "declare";
    this.#write(node);
    if (kind === "copyTable") this.scanner.table((node as unknown as Of<"copyTable">).from);
    if (kind === "changeTable") this.#rename(node as unknown as Of<"changeTable">);
    if (kind !== "createTable") return;
    const { path, temporary } = node as unknown as Of<"createTable">;
    const parts = path.parts.map(({ name }) => name);
    const isTemporary = temporary || parts.at(-2)?.toUpperCase() === "_SESSION";
    if (isTemporary) this.temporaryTables.add(parts.at(-1) as string);
    else this.tables.add(parts.join("."));
    this.declares ||= isTemporary;
  }

  #write(node: Node): void {
    const does =
      node.kind === "loadData" && node.overwrite === true ? "makes" : WRITES[node.kind as keyof typeof WRITES];
    // A clause of MERGE is called like a statement, and has no path of its own.
    if (does === undefined || !("path" in node) || node.temporary === true || node.object === "SCHEMA") return;
    const path = (node.path as PathNode).parts.map(({ name }) => name);
    const name = path.join(".");
    const isIfMissing = node.kind === "createTable" && node.ifNotExists === true;
    const counts = does === "makes" ? !isIfMissing : this.#madeIfMissing.has(name);
    if (!counts && this.writes.has(name)) return;
    this.writes.set(name, { path, does });
    if (isIfMissing) this.#madeIfMissing.add(name);
    else this.#madeIfMissing.delete(name);
  }

  /** A table that it has made itself is made under the name that it gets. */
  #rename({ path, changes }: Of<"changeTable">): void {
    const change = changes.find(({ kind }) => kind === "renameTable");
    if (change?.kind !== "renameTable") return;
    const before = path.parts.map(({ name }) => name);
    const after = [...before.slice(0, -1), change.to.name];
    const isMade = this.tables.has(before.join("."));
    this.writes.set(after.join("."), { path: after, does: isMade ? "makes" : "changes" });
    if (isMade) this.tables.add(after.join("."));
  }

  /** What a routine does belongs to its callers. */
  #routine(routine: CreateRoutine): void {
    const temporary = routine.kind === "createFunction" && routine.temporary;
    this.declares ||= temporary;
    this.routines.push({
      name: nameOf(routine.path),
      temporary,
      ...this.#bodyOf(routine),
    });
  }

  #bodyOf(routine: CreateRoutine): Omit<FunctionScan, "name" | "temporary"> {
    if (routine.kind === "createProcedure")
      return { tables: [], volatile: undefined, userCalls: [], bodies: [this.#procedureBody(routine)] };
    const body = routine.kind === "createFunction" ? routine.body : undefined;
    if (body?.language === "js")
      return { tables: [], volatile: body.deterministic ? undefined : NOT_DETERMINISTIC, userCalls: [], bodies: [] };
    const inner = new StatementScanner(this.sql);
    if (routine.kind === "createTableFunction")
      inner.scanner.query(routine.query, tablesOf(routine), new Map(), undefined);
    else inner.visit(body?.expr);
    const [call] = inner.scanner.volatileCalls;
    return {
      tables: pathsOf(inner.scanner),
      volatile: call && `it ${volatileUse(call.functionName)}`,
      userCalls: [...inner.scanner.userCalls],
      bodies: [],
    };
  }

  #procedureBody({ body, ifNotExists }: Of<"createProcedure">): ScriptScan {
    const scan = scanStatements(this.sql, body);
    // One that is there already may be another one.
    return { ...scan, dynamic: scan.dynamic || ifNotExists };
  }
}

/** The parameters that are tables, in lower case: its query names them like tables. */
function tablesOf({ parameters }: Of<"createTableFunction">): ReadonlySet<string> {
  const tables = parameters.filter(({ columns }) => columns !== undefined);
  return new Set(tables.map(({ name }) => name.name.toLowerCase()));
}

function nameOf({ parts }: PathNode): string {
  return parts.map(({ name }) => name).join(".");
}

const WRITES = {
  createTable: "makes",
  createView: "makes",
  copyTable: "makes",
  insert: "changes",
  update: "changes",
  delete: "changes",
  merge: "changes",
  truncate: "changes",
  alterTable: "changes",
  changeTable: "changes",
  loadData: "changes",
  drop: "drops",
} as const satisfies Readonly<Record<string, RelationWrite["does"]>>;

function isTemporaryName(path: readonly string[], temporary: ReadonlySet<string>): boolean {
  return path.at(-2)?.toUpperCase() === "_SESSION" || (path.length === 1 && temporary.has(path[0] as string));
}

const NOT_DETERMINISTIC = "it is JavaScript that is not declared DETERMINISTIC";

function pathsOf(scanner: Scanner): (readonly string[])[] {
  return scanner.tables.map(({ path }) => path);
}

function isQuery(node: Node): node is Node & Query {
  return node.kind === undefined && "with" in node && "body" in node;
}

const FROM_ITEMS: ReadonlySet<unknown> = new Set([
  "table",
  "tableCall",
  "sessionize",
  "gapFill",
  "unnest",
  "derived",
  "join",
  "pivot",
  "unpivot",
]);

function isFromItem(node: Node): node is Node & FromItem {
  return FROM_ITEMS.has(node.kind);
}

const ROUTINES: ReadonlySet<unknown> = new Set(["createFunction", "createTableFunction", "createProcedure"]);

function isRoutine(node: Node): node is Node & CreateRoutine {
  return ROUTINES.has(node.kind);
}

/** Expressions that hold calls, queries or names; CALL has a path where a function call has none. */
function isExpression(node: Node): boolean {
  return (
    node.kind === "path" ||
    (node.kind === "call" && !("path" in node)) ||
    ["subquery", "arrayQuery", "exists"].includes(node.kind as string)
  );
}
