import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { literal } from "../googlesql/literal.js";
import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { UserError } from "../graph/user-error.js";
import { EVERYTHING, selectActions } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import type { QueryResult, Relation, Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { projectNames } from "../project/foreign-relations.js";
import type { ManifestAction } from "../project/manifest.js";
import type { TestInput } from "../unit-tests/written-test.js";
import { selectable } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** A unit test out of rows of the warehouse. */
export interface WrittenTest {
  /** Where it belongs, relative to the project. */
  readonly fileName: string;
  readonly text: string;
  /** Rows that each input got, by relation. */
  readonly inputs: readonly { readonly relation: string; readonly rows: number }[];
  /** Rows that the query gives for them. */
  readonly expected: number;
}

/** Rows of one input that belong to the chosen rows of the model: what is more is no small test. */
const MOST_ROWS = 20;

/**
 * Makes a unit test of a table or view: rows of what it reads that belong to some of its own rows, and what its query gives for them.
 * @param rows rows of the model that are chosen
 * @throws UserError for what Dataform cannot test, and for a query whose result depends on more than what it reads
 */
export async function writtenTest(
  session: ProjectSession,
  name: string,
  { rows, window }: { readonly rows: number; readonly window: Window },
): Promise<WrittenTest> {
  const { manifest } = session.loaded;
  const keys = selectActions(session.project.actions.map(selectable), { ...EVERYTHING, actions: [name] });
  const [action, ...others] = session.project.actions.filter(({ node }) => keys?.has(node.key));
  const compiled = manifest.actions.find(({ key }) => key === action?.node.key);
  if (action === undefined || compiled === undefined) throw new UserError(`no action is named ${name}`);
  if (others.length > 0) throw new UserError(`${name} is the name of several actions; put the dataset before it`);
  refuseUntestable(action);
  const paths = pathsOf(session.projectDir, action);
  const { inputs, sample } = await session.warehouse.transaction(async (transaction) => {
    const relations = await transaction.relations();
    const chosen = await chosenRows(transaction, action, relations.get(action.node.key), rows, window);
    const found: (TestInput & { readonly relation: string })[] = [];
    for (const [relation, path] of paths) {
      const live = relations.get(relation);
      if (live === undefined) throw new UserError(`${relation} is not in the warehouse; load or run it first`);
      const columns = readColumns(live, compiled);
      found.push({ relation, path, rows: await inputRows(transaction, live, columns, chosen, rows) });
    }
    return { inputs: found, sample: chosen };
  });
  const expected = await answerOf(session, action, inputs);
  if (
    expected.rows.length === 0 &&
    (sample?.rows.length ?? 0) > 0 &&
    inputs.every((input) => input.rows.rows.length === 0)
  )
    throw new UserError(`what ${action.node.key} reads has no rows; load or run it first`);
  const { hasNaN, testFile } = await import("../unit-tests/written-test.js");
  if (hasNaN(expected))
    throw new UserError(
      `the query of ${action.node.key} gives NaN, which equals nothing, so that no test can expect it`,
    );
  const target = compiled.target;
  return {
    fileName: `definitions/tests/${target.name}_test.sqlx`,
    text: testFile(
      { dataset: withoutSuffix(target.dataset, session.overrides.schemaSuffix), name: target.name },
      inputs,
      expected,
    ),
    inputs: inputs.map(({ relation, rows: given }) => ({ relation, rows: given.rows.length })),
    expected: expected.rows.length,
  };
}

/**
 * Writes the test into the project.
 * @throws UserError when there is such a file
 */
export function saveTest(projectDir: string, { fileName, text }: WrittenTest): void {
  const path = join(projectDir, fileName);
  if (existsSync(path))
    throw new UserError(`${fileName} is there already; delete it, or print the test without --write`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: "wx" });
}

function refuseUntestable({ node, type, fileName, preOps }: RunnableAction): void {
  if (type === "incremental")
    throw new UserError(
      `${node.key} is an incremental table, of which Dataform runs no unit tests; take a table or view that it reads`,
    );
  if (type !== "table" && type !== "view")
    throw new UserError(`${node.key} is no table or view; only those have unit tests`);
  if (node.volatile !== undefined)
    throw new UserError(
      `${fileName}: the result of ${node.key} is another one each time (${node.volatile}), so that no test can expect it`,
    );
  if (preOps.length > 0)
    throw new UserError(
      `${fileName}: ${node.key} has pre_operations, which a unit test does not run; write the test by hand`,
    );
}

/** What the query reads, by relation, with the words by which its file refers to it: a test must use the same. */
function pathsOf(projectDir: string, { fileName, reads }: RunnableAction): Map<string, readonly string[]> {
  const source = readFileSync(join(projectDir, fileName), "utf8");
  const word = `(?:"[^"]+"|'[^']+')`;
  const calls = [
    ...source.matchAll(new RegExp(`\\b(?:ref|resolve)\\(\\s*(${word}(?:\\s*,\\s*${word}){0,2})\\s*\\)`, "g")),
  ];
  const references = calls.map(([, list = ""]) => list.split(",").map((part) => part.trim().slice(1, -1)));
  const paths = new Map<string, readonly string[]>();
  for (const { key } of reads) {
    const parts = key.split(".");
    const named = references.find((reference) =>
      reference.every((part, index) => parts[parts.length - reference.length + index] === part),
    );
    if (named === undefined)
      throw new UserError(`${fileName} reads ${key} otherwise than by a plain \${ref("...")}; write the test by hand`);
    paths.set(key, named);
  }
  return paths;
}

/** A dataset as the project's files name it. */
function withoutSuffix(dataset: string, suffix = ""): string {
  const end = `_${suffix}`;
  return suffix !== "" && dataset.endsWith(end) ? dataset.slice(0, -end.length) : dataset;
}

/** The columns that the query names of a relation, whether they make a difference or not. */
function readColumns({ columns, id }: Relation, { reads, names, listed }: ManifestAction): readonly Column[] {
  const key = `${id.dataset}.${id.name}`;
  const isWhole = reads.some((read) => read.key === key && read.columns !== "named");
  const words = new Set([...names, ...listed.flatMap((item) => item.names)]);
  const used = columns.filter(({ name }) => words.has(name.toLowerCase()));
  return isWhole || used.length === 0 ? columns : used;
}

/** Some rows of the model, by the columns that tell them apart. */
async function chosenRows(
  transaction: Transaction,
  { uniqueKey, partitionColumn }: RunnableAction,
  live: Relation | undefined,
  rows: number,
  window: Window,
): Promise<QueryResult | undefined> {
  if (live === undefined) return undefined;
  const plain = live.columns.filter(({ type }) => isKeyType(type));
  const keys = plain.filter(({ name }) => uniqueKey.some((key) => key.toLowerCase() === name.toLowerCase()));
  const columns = keys.length > 0 ? keys : plain;
  if (columns.length === 0) return undefined;
  const date = live.columns.find(
    ({ name, type }) =>
      type === "DATE" && (partitionColumn === undefined || name.toLowerCase() === partitionColumn.toLowerCase()),
  );
  const where =
    window === undefined || date === undefined
      ? ""
      : ` WHERE ${quoteIdentifier(date.name)} BETWEEN DATE '${window.from}' AND DATE '${window.to}'`;
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const from = quoteKey(`${live.id.dataset}.${live.id.name}`);
  return transaction.query(`SELECT ${names} FROM ${from}${where} ORDER BY ${names} LIMIT ${rows}`);
}

/** Rows of an input that belong to the chosen rows by the columns that both have; where none does, its first rows. */
async function inputRows(
  transaction: Transaction,
  live: Relation,
  columns: readonly Column[],
  chosen: QueryResult | undefined,
  rows: number,
): Promise<QueryResult> {
  const shared = (chosen?.columns ?? []).flatMap((column, index) => {
    const own = live.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    return own !== undefined && own.type === column.type ? [{ own, index }] : [];
  });
  // From all shared columns down to the first one: a value that the query computes anew is in no input.
  for (let number = shared.length; number > 0; number = number > 2 ? 2 : number - 1) {
    const tests = (chosen?.rows ?? []).map((row) =>
      shared
        .slice(0, number)
        .map(({ own, index }) => `${quoteIdentifier(own.name)} IS NOT DISTINCT FROM ${literal(row[index], own.type)}`)
        .join(" AND "),
    );
    if (tests.length === 0) break;
    const found = await take(transaction, live, columns, ` WHERE (${[...new Set(tests)].join(") OR (")})`, MOST_ROWS);
    if (found.rows.length > 0) return found;
  }
  return take(transaction, live, columns, "", rows);
}

function take(
  transaction: Transaction,
  { id }: Relation,
  columns: readonly Column[],
  where: string,
  limit: number,
): Promise<QueryResult> {
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const ordered = columns.filter(({ type }) => isKeyType(type)).map(({ name }) => quoteIdentifier(name));
  const order = ordered.length === 0 ? "" : ` ORDER BY ${ordered.join(", ")}`;
  return transaction.query(
    `SELECT ${names} FROM ${quoteKey(`${id.dataset}.${id.name}`)}${where}${order} LIMIT ${limit}`,
  );
}

/** Types by whose values rows are found and ordered. */
function isKeyType(type: Column["type"]): boolean {
  return (
    typeof type === "string" && ["INT64", "STRING", "DATE", "BOOL", "TIMESTAMP", "DATETIME", "NUMERIC"].includes(type)
  );
}

/** What the query gives for the inputs, in a warehouse in which nothing else is. */
async function answerOf(
  { engine, loaded: { manifest } }: ProjectSession,
  action: RunnableAction,
  inputs: readonly (TestInput & { readonly relation: string })[],
): Promise<QueryResult> {
  const { openScratch } = engine;
  if (openScratch === undefined)
    throw new UserError(`--target ${engine.name} has no warehouse of its own for unit tests`);
  const [{ createFunctions }, { rowsAsQuery }] = await Promise.all([
    import("../unit-tests/run-tests.js"),
    import("../unit-tests/written-test.js"),
  ]);
  const rowsOf = new Map(inputs.map(({ relation, rows }) => [relation, rowsAsQuery(rows)]));
  let sql = "";
  let at = 0;
  for (const { key, start, end, implicitAlias } of [...action.reads].sort((a, b) => a.start - b.start)) {
    const alias = implicitAlias === undefined ? "" : ` AS ${quoteIdentifier(implicitAlias)}`;
    sql += `${action.query.slice(at, start)}(\n${rowsOf.get(key) ?? ""}\n)${alias}`;
    at = end;
  }
  sql += action.query.slice(at);
  const warehouse = await openScratch(projectNames(manifest));
  try {
    await createFunctions(warehouse, manifest);
    return await warehouse.transaction((transaction) => transaction.query(sql));
  } finally {
    await warehouse.close();
  }
}
