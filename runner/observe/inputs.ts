import type { RunnableAction } from "../graph/action.js";
import type { Upstream } from "../graph/node.js";
import { isRoutineKey } from "../graph/routine-key.js";
import type { Coverage } from "../plan/coverage.js";
import { inputRanges } from "../plan/input-ranges.js";
import { COLUMNS, type RecordedFingerprints } from "../plan/moves.js";
import type { InputDigest, InputDigests } from "../plan/types.js";
import { digestText } from "../port/digest-text.js";
import { NO_ROWS, type Partition, WHOLE } from "../port/identity.js";
import { PARTITION_TIME } from "../port/ingestion-time.js";
import { holds } from "../port/partition-set.js";
import { allColumns, inNameOrder, type PartitionDigests, type Relation, relationKey } from "../port/port.js";
import { type Column, collationOf } from "../port/sql-types.js";

/** Row digests of the relations that are read, by `inputName`. */
export type RowDigests = ReadonlyMap<string, PartitionDigests>;

/**
 * The columns of an upstream that its reader may name, in an order of their own, or all in theirs where it may see them all but those that
 * it leaves out.
 */
export function fingerprintedColumns(relation: Relation, { columns, leftOut }: Upstream): readonly string[] {
  const all = allColumns(relation);
  if (columns === undefined) return leftOut?.size ? all.filter((name) => !leftOut.has(name.toLowerCase())) : all;
  // The time at which rows came is read under several names.
  return inNameOrder(all.filter((name) => columns.has(name.toLowerCase()) || name === PARTITION_TIME));
}

/**
 * The columns whose values make the fingerprint: where a column stands for a row, this one, the key, and what is read besides that it
 * leaves out.
 */
export function digestedColumns(relation: Relation, upstream: Upstream): readonly string[] {
  const read = fingerprintedColumns(relation, upstream);
  const { rowHash, partitionColumn } = relation;
  if (rowHash === undefined) return read;
  const own = new Set([
    rowHash.column,
    ...relation.primaryKey,
    ...(partitionColumn === undefined ? [] : [partitionColumn]),
  ]);
  const besides = new Set(rowHash.without.map((name) => name.toLowerCase()));
  const isApart = (name: string) => besides.has(name.toLowerCase()) || relation.foreignColumns.includes(name);
  return [...own, ...read.filter((name) => isApart(name) && !own.has(name))];
}

/** What a reader sees of a relation, told once: every decision on a partition asks for it. */
interface Seen {
  readonly name: string;
  readonly columns: string;
  /** Under this name the columns are recorded: readers of the same rows may name others besides. */
  readonly columnsName: string;
}

const seen = new WeakMap<Relation, WeakMap<Upstream, Seen>>();

function seenOf(relation: Relation, upstream: Upstream): Seen {
  const ofRelation = seen.get(relation) ?? new WeakMap<Upstream, Seen>();
  const known = ofRelation.get(upstream) ?? {
    name: nameOf(relation, upstream),
    columns: columnsOf(relation, upstream),
    columnsName: columnsNameOf(relation, upstream),
  };
  seen.set(relation, ofRelation.set(upstream, known));
  return known;
}

/** Readers that fingerprint the same columns of a relation share one fingerprint: it has this name. */
export function inputName(relation: Relation, upstream: Upstream): string {
  return seenOf(relation, upstream).name;
}

function seenColumns(relation: Relation, upstream: Upstream): string {
  return seenOf(relation, upstream).columns;
}

/** Only a reader of all columns can see their order; without one that it names its query is wrong, even where its values do not count. */
function columnsOf(relation: Relation, upstream: Upstream): string {
  if (upstream.columns === undefined) return columnsDigest(relation, allColumns(relation), "this order");
  return columnsDigest(relation, seenNames(relation, upstream), "any order");
}

function columnsNameOf(relation: Relation, upstream: Upstream): string {
  if (upstream.columns === undefined) return nameOf(relation, upstream);
  return `${relationKey(relation.id)}#columns ${digestText(JSON.stringify(seenNames(relation, upstream))).slice(0, 12)}`;
}

/** The columns whose values count, and those that are named besides, in alphabetical order. */
function seenNames(relation: Relation, upstream: Upstream): readonly string[] {
  const named = allColumns(relation).filter((name) => upstream.named?.has(name.toLowerCase()));
  return [...new Set([...fingerprintedColumns(relation, upstream), ...named])].sort();
}

function nameOf(relation: Relation, upstream: Upstream): string {
  const key = relationKey(relation.id);
  if (relation.rowHash !== undefined) {
    const names = [fingerprintedColumns(relation, upstream), digestedColumns(relation, upstream)];
    return `${key}#${digestText(JSON.stringify(names)).slice(0, 12)}`;
  }
  if (upstream.columns === undefined && !upstream.leftOut?.size) return key;
  return `${key}#${digestText(JSON.stringify(fingerprintedColumns(relation, upstream))).slice(0, 12)}`;
}

/** Whether what an action leaves depends on rows: a view's are never stored, but its statements may keep some elsewhere. */
export function keepsRows({ node, writes }: Pick<RunnableAction, "node" | "writes">): boolean {
  return node.kind !== "view" || writes.length > 0;
}

/** What an action can see of its upstreams: the columns alone where it keeps no rows. */
export function inputsOf(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  rows: RowDigests,
): InputDigests {
  const inputs = new Map<string, InputDigest>();
  for (const upstream of action.node.upstreams) {
    const routine = isRoutineKey(upstream.key) ? rows.get(upstream.key) : undefined;
    if (routine !== undefined) inputs.set(upstream.key, { columns: "", partitions: routine });
    const relation = relations.get(upstream.key);
    if (relation === undefined) continue;
    const partitions = keepsRows(action) ? rows.get(inputName(relation, upstream)) : undefined;
    inputs.set(upstream.key, { columns: seenColumns(relation, upstream), partitions: partitions ?? new Map() });
  }
  return inputs;
}

/** What is recorded of each upstream of an action, by the upstream's key. */
export function recordedInputsOf(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  recorded: RecordedFingerprints,
): RecordedFingerprints {
  const inputs = new Map<string, ReadonlyMap<string, string>>();
  for (const upstream of action.node.upstreams) {
    const relation = relations.get(upstream.key);
    const before = relation && recordedOf(relation, upstream, (name) => recorded.get(name));
    if (relation === undefined || before === undefined) continue;
    const now = asPartitionedNow(relation, before);
    // That a relation has only now been given its dates, or lost them, is what has moved.
    inputs.set(upstream.key, now.size > 1 ? now : before);
  }
  return inputs;
}

/**
 * What is recorded of a relation as a reader sees it; undefined: not all of that.
 * @param recorded what is recorded under a name
 */
export function recordedOf(
  relation: Relation,
  upstream: Upstream,
  recorded: (name: string) => ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> | undefined {
  const { name, columnsName } = seenOf(relation, upstream);
  const columns = recorded(columnsName)?.get(COLUMNS);
  return columns === undefined ? undefined : new Map([...(recorded(name) ?? []), [COLUMNS, columns]]);
}

/** What is recorded of a relation without what was recorded while it had dates and now has none, or had none. */
export function asPartitionedNow(
  { partitionColumn }: Relation,
  recorded: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const isWhole = partitionColumn === undefined;
  return new Map([...recorded].filter(([name]) => name === COLUMNS || (name === WHOLE) === isWhole));
}

/**
 * What an action saw of its upstreams, in the form in which it is recorded.
 * @param coverage of which partitions of the action it has read what these may read
 * @param recorded what was recorded of an input before: of a partition that is gone, it is recorded that it has no rows
 */
export function observedInputs(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  rows: RowDigests,
  coverage: Coverage,
  recorded: (input: string) => ReadonlyMap<string, string> | undefined,
): RecordedFingerprints {
  const observed = new Map<string, Map<string, string>>();
  const nameOf = (upstream: Upstream) => {
    const relation = relations.get(upstream.key);
    return relation && inputName(relation, upstream);
  };
  const read = inputRanges([action.node], () => coverage, nameOf);
  const note = (name: string, partition: string, fingerprint: string) => {
    const partitions = observed.get(name) ?? new Map<string, string>();
    observed.set(name, partitions.set(partition, fingerprint));
  };
  for (const upstream of action.node.upstreams) {
    const relation = relations.get(upstream.key);
    if (relation === undefined) continue;
    const { name, columns, columnsName } = seenOf(relation, upstream);
    note(columnsName, COLUMNS, columns);
    const present = rows.get(name);
    if (present === undefined) continue;
    for (const [partition, { digest }] of present) note(name, partition, digest);
    const range = read.get(name);
    const isRead = (partition: Partition) =>
      range === undefined || holds({ within: [range], outside: undefined }, partition);
    for (const partition of recorded(name)?.keys() ?? [])
      if (partition !== COLUMNS && !present.has(partition as Partition) && isRead(partition as Partition))
        note(name, partition, NO_ROWS);
  }
  return observed;
}

/** Digest over names, types and collations of some columns of a relation. Whoever sees their order shows their names as they are written, too. */
export function columnsDigest(relation: Relation, names: readonly string[], order: "this order" | "any order"): string {
  const counted = new Set(names);
  const typed = relation.columns
    .filter(({ name }) => counted.has(name))
    .map(
      (column) => [order === "this order" ? column.name : column.name.toLowerCase(), ...comparedAs(column)] as const,
    );
  const foreign = relation.foreignColumns.filter((name) => counted.has(name));
  if (order === "any order") typed.sort(([a], [b]) => (a < b ? -1 : 1));
  return digestText(JSON.stringify([typed, foreign]));
}

/** Its type, and the collation by which its texts are compared, grouped and ordered. */
function comparedAs(column: Column): readonly unknown[] {
  const collation = collationOf(column);
  return collation === undefined ? [column.type] : [column.type, collation];
}
