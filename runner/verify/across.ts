import { digestSql } from "../googlesql/digest-sql.js";
import { quoteKey } from "../googlesql/quote.js";
import { readDigests } from "../googlesql/read-digests.js";
import type { Partition } from "../port/identity.js";
import { PARTITION_TIME } from "../port/ingestion-time.js";
import {
  type DateRange,
  type DigestRequest,
  type PartitionDigests,
  type Relation,
  type RelationId,
  relationKey,
  type Warehouse,
} from "../port/port.js";
import { type Column, typeName } from "../port/sql-types.js";
import { type RowSamples, sampleRows } from "./row-samples.js";

/** A relation that stands in two warehouses. */
export interface Compared {
  readonly id: RelationId;
  /** What it is to the project. */
  readonly as: "source" | "model";
  /** Columns that tell when rows were written, these or those that they are made of: each engine has its own. */
  readonly ignored: readonly string[];
  /** The columns that should tell its rows apart; none: all do. */
  readonly key: readonly string[];
}

export interface AcrossOptions {
  /** Only the partitions of these dates, where a relation has partitions; undefined: all. */
  readonly range: DateRange | undefined;
  /** Sample rows of each relation that differs. */
  readonly samples: number;
  /** Bytes that the other side may process, samples included; undefined: any number. */
  readonly mostBytes: number | undefined;
  /** Is told which relation comes now. */
  readonly onRelation: (key: string, done: number, of: number) => void;
}

/** A partition whose rows are not the same on both sides. */
export interface PartitionDifference {
  readonly partition: string;
  readonly rows: number;
  readonly otherRows: number;
}

/** How a relation stands in two warehouses. */
export interface AcrossResult {
  readonly key: string;
  readonly as: Compared["as"];
  /** How many partitions were compared. */
  readonly partitions: number;
  readonly differences: readonly PartitionDifference[];
  /** Why it differs as a whole. */
  readonly problem: string | undefined;
  /** Why there was nothing to compare. */
  readonly note: string | undefined;
  readonly samples: RowSamples | undefined;
}

/** One relation on both sides, and the question that is asked of both. */
export interface Pair {
  readonly compared: Compared;
  readonly here: DigestRequest;
  readonly there: DigestRequest;
}

/** On whose behalf the other side is asked. */
const ABOUT = { run: "verify", action: "across" };

/** Two warehouses of different engines, and the columns of both that are asked for in the words of GoogleSQL alone. */
export class Across {
  constructor(
    readonly here: Warehouse,
    readonly there: Warehouse,
    readonly options: AcrossOptions,
  ) {}

  /** What stands on both sides in the same form, and what can be said of the rest at once. */
  async pairs(all: readonly Compared[]): Promise<{ readonly pairs: Pair[]; readonly settled: AcrossResult[] }> {
    const [here, there] = await Promise.all([
      this.here.observe((observation) => observation.relations()),
      this.there.observe((observation) => observation.relations(), ABOUT),
    ]);
    const pairs: Pair[] = [];
    const settled: AcrossResult[] = [];
    for (const compared of all.flatMap((one) => membersOf(one, [...here.keys(), ...there.keys()]))) {
      const key = relationKey(compared.id);
      const [ours, theirs] = [here.get(key), there.get(key)];
      const problem = this.#problemOf(ours, theirs);
      if (ours === undefined && theirs === undefined)
        settled.push({ ...settledResult(compared), note: "is on neither side" });
      else if (problem !== undefined || ours === undefined || theirs === undefined)
        settled.push({ ...settledResult(compared), problem });
      else pairs.push(this.#pairOf(compared, ours, theirs));
    }
    return { pairs, settled };
  }

  #problemOf(ours: Relation | undefined, theirs: Relation | undefined): string | undefined {
    const { target } = this.there;
    if (ours === undefined) return "is not here";
    if (theirs === undefined) return `is not on ${target}`;
    if (ours.ingestion !== theirs.ingestion) return `is partitioned otherwise here and on ${target}`;
    const isArrival = (name: string) => ours.ingestion !== undefined && name === PARTITION_TIME;
    const unknown = [...ours.foreignColumns, ...theirs.foreignColumns].filter((name) => !isArrival(name));
    if (unknown.length > 0) return `has columns that cannot be compared: ${[...new Set(unknown)].join(", ")}`;
    const [columns, others] = [shapeOf(ours), shapeOf(theirs)];
    const different = columns.find((column, index) => column !== others[index]) ?? others[columns.length];
    if (different === undefined) return undefined;
    const at = columns.indexOf(different) < 0 ? columns.length : columns.indexOf(different);
    return `has other columns, or has them in another order: ${columns[at] ?? "no more"} here, ${others[at] ?? "no more"} on ${target}`;
  }

  #pairOf(compared: Compared, ours: Relation, theirs: Relation): Pair {
    const name = ours.partitionColumn ?? theirs.partitionColumn;
    const isDate = theirs.columns.some((column) => column.name === name && column.type === "DATE");
    const partitionColumn = isDate ? name : undefined;
    const key =
      compared.key.length > 0 ? compared.key : ours.primaryKey.length > 0 ? ours.primaryKey : theirs.primaryKey;
    const own = [...compared.ignored, ...(ours.rowHash?.without ?? [])].map((column) => column.toLowerCase());
    const all = [...theirs.columns, ...arrivalOf(theirs)];
    const columns = all.map((column) => column.name).filter((column) => !own.includes(column.toLowerCase()));
    const rest = { columns, range: this.options.range, grain: "partition" } as const;
    const has = (wanted: string) => columns.some((column) => column === wanted);
    return {
      compared: { ...compared, key: key.every(has) ? key : [] },
      here: { ...rest, relation: { ...ours, columns: all, partitionColumn } },
      there: { ...rest, relation: { ...theirs, columns: all, partitionColumn } },
    };
  }

  /** Bytes that digesting the other side would process at most: what has not moved since it was last digested is not read again. */
  async estimate(pairs: readonly Pair[]): Promise<number> {
    const bytes = await Promise.all(pairs.map((pair) => this.#bytesOf(pair)));
    return bytes.reduce((sum, one) => sum + one, 0);
  }

  async #bytesOf({ there }: Pair): Promise<number> {
    return (await this.there.cost?.estimate(digestSql(there, 0, sourceOf(there)))) ?? 0;
  }

  /** Looking for rows reads a relation twice more. */
  async #mayAskForRows(pair: Pair): Promise<boolean> {
    const { samples, mostBytes } = this.options;
    if (samples === 0 || mostBytes === undefined) return samples > 0;
    return this.#spent.bytesProcessed + 2 * (await this.#bytesOf(pair)) <= mostBytes;
  }

  async compare(pairs: readonly Pair[]): Promise<readonly AcrossResult[]> {
    const results: AcrossResult[] = [];
    for (const [index, pair] of pairs.entries()) {
      this.options.onRelation(relationKey(pair.compared.id), index, pairs.length);
      results.push(await this.#compared(pair));
    }
    return results;
  }

  async #compared(pair: Pair): Promise<AcrossResult> {
    const [ours, theirs] = await Promise.all([this.#ours(pair), this.#theirs(pair)]);
    const partitions = [...new Set<Partition>([...ours.keys(), ...theirs.keys()])].sort();
    const differences = partitions.flatMap((partition): PartitionDifference[] => {
      const [has, other] = [ours.get(partition), theirs.get(partition)];
      return has?.digest === other?.digest ? [] : [{ partition, rows: has?.rows ?? 0, otherRows: other?.rows ?? 0 }];
    });
    const result = { ...settledResult(pair.compared), partitions: partitions.length, differences };
    if (differences.length === 0 || !(await this.#mayAskForRows(pair))) return result;
    const requests = { here: pair.here, there: pair.there, key: pair.compared.key };
    const names = differences.map(({ partition }) => partition);
    const samples = await sampleRows(requests, names, this.options.samples, {
      here: (sql) => this.here.transaction((transaction) => transaction.query(sql)),
      there: (sql) => this.there.transaction((transaction) => transaction.query(sql), ABOUT),
    });
    return { ...result, samples };
  }

  async #ours({ here }: Pair): Promise<PartitionDigests> {
    const asked = [{ request: here, source: sourceOf(here) }];
    const [digests] = await this.here.transaction((transaction) => readDigests(asked, (sql) => transaction.query(sql)));
    return digests ?? new Map();
  }

  /** As the other engine digests rows itself, so that it reads only what has moved since it did so last. */
  async #theirs({ there }: Pair): Promise<PartitionDigests> {
    const [digests] = await this.there.observe((observation) => observation.digests([there]), ABOUT);
    return digests ?? new Map();
  }

  /** Bytes that the other side has billed so far. */
  get billed(): number {
    return this.#spent.bytesBilled;
  }

  get #spent() {
    return this.there.spentOn?.(ABOUT) ?? { bytesProcessed: 0, bytesBilled: 0 };
  }
}

/** The time at which rows came, which is none of a table's columns. */
function arrivalOf({ ingestion }: Relation): readonly Column[] {
  return ingestion === undefined ? [] : [{ name: PARTITION_TIME, type: "TIMESTAMP" }];
}

/** The tables that a name with a star at its end stands for. */
function membersOf(compared: Compared, keys: readonly string[]): readonly Compared[] {
  const { dataset, name } = compared.id;
  if (!name.endsWith("*")) return [compared];
  const prefix = relationKey({ dataset, name: name.slice(0, -1) });
  const members = [...new Set(keys)].filter((key) => key.startsWith(prefix)).sort();
  return members.map((key) => ({ ...compared, id: { dataset, name: key.slice(dataset.length + 1) } }));
}

function sourceOf({ relation }: DigestRequest): string {
  return quoteKey(relationKey(relation.id));
}

function settledResult({ id, as }: Compared): AcrossResult {
  return {
    key: relationKey(id),
    as,
    partitions: 0,
    differences: [],
    problem: undefined,
    note: undefined,
    samples: undefined,
  };
}

function shapeOf({ columns }: Relation): readonly string[] {
  return columns.map(({ name, type }) => `${name} ${typeName(type)}`);
}
