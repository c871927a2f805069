import { digestSql } from "../../googlesql/digest-sql.js";
import { readDigests, type SourcedRequest } from "../../googlesql/read-digests.js";
import { digestText } from "../../port/digest-text.js";
import { type Fingerprint, NULL_PARTITION, type Partition } from "../../port/identity.js";
import {
  type DateRange,
  type DigestRequest,
  type PartitionDigest,
  type PartitionDigests,
  type QueryResult,
  relationKey,
} from "../../port/port.js";
import { typeName } from "../../port/sql-types.js";
import type { TableToken } from "./catalog.js";
import type { KnownDigests } from "./digest-cache.js";
import type { Purpose } from "./jobs.js";
import { type PartitionTokens, readPartitionTokens } from "./partition-tokens.js";
import { queryRows, type Service, sqlPath } from "./service.js";

/** One relation whose digests are asked for, with what is known of it. */
interface Asked {
  readonly request: DigestRequest;
  readonly token: TableToken | undefined;
  readonly key: string;
  readonly known: KnownDigests;
}

/** What has to be read, and what becomes of it. */
interface Reading {
  readonly sourced: SourcedRequest;
  readonly settle: (read: PartitionDigests) => PartitionDigests;
}

/**
 * Digests of relations as they stand. What was read of a table that has not been written since is not read again, and of one that has
 * only the partitions that have moved.
 * @param tokens of the relations, in their order, looked at before; undefined: the rows are read
 */
export async function standingDigests(
  service: Service,
  requests: readonly DigestRequest[],
  tokens: readonly (TableToken | undefined)[],
  purpose: Purpose,
): Promise<readonly PartitionDigests[]> {
  const asked = requests.map((request, index): Asked => {
    // One entry for all ranges.
    const key = digestSql({ ...request, range: undefined }, 0, sqlPath(service, request.relation.id));
    return { request, token: tokens[index], key, known: service.digests.find(key, columnsDigest(request)) };
  });
  const answers = asked.map(({ request, token, known }) =>
    isKnown(token, known) && covers(known, request) ? answerOf(known, request) : undefined,
  );
  const missing = asked.filter((_, index) => answers[index] === undefined);
  if (missing.length === 0) return answers as readonly PartitionDigests[];
  const query = (step: string) => (sql: string) => queryRows(service, sql, step, purpose);
  const partitions = await partitionTokens(service, missing, query("partitions"));
  const readings = missing.map((one) => readingOf(service, one, partitions));
  const wanted = readings.filter(({ sourced }) => sourced.some?.length !== 0);
  const read =
    wanted.length === 0
      ? []
      : await readDigests(
          wanted.map(({ sourced }) => sourced),
          query("digest"),
        );
  const byReading = new Map(wanted.map((reading, index) => [reading, read[index] as PartitionDigests]));
  const settled = readings.map((reading) => reading.settle(byReading.get(reading) ?? new Map()));
  return answers.map((answer) => answer ?? (settled.shift() as PartitionDigests));
}

function isKnown(token: TableToken | undefined, known: KnownDigests): boolean {
  return token !== undefined && !token.isRacy && known.token === token.value;
}

/** Of all columns of a table, in order. */
function columnsDigest({ relation: { columns, foreignColumns } }: DigestRequest): string {
  const own = columns.map(({ name, type }) => `${name} ${typeName(type)}`);
  return digestText([...own, ...foreignColumns].join("\n"));
}

function isByPartition({ relation, grain }: DigestRequest): boolean {
  return grain === "partition" && relation.partitionColumn !== undefined;
}

/** The partitions of the service are those that are asked for: not of a column that only the project says. */
function isOwn(service: Service, { relation: { id, partitionColumn } }: DigestRequest): boolean {
  return service.catalog.partitionColumnOf(id) === partitionColumn;
}

/** Of tables that rest and have partitions; a service that does not tell of them has them read whole. */
async function partitionTokens(
  service: Service,
  missing: readonly Asked[],
  query: (sql: string) => Promise<QueryResult>,
): Promise<ReadonlyMap<string, PartitionTokens>> {
  const ids = new Map(
    missing
      .filter(({ request, token }) => token !== undefined && isByPartition(request) && isOwn(service, request))
      .map(({ request }) => [relationKey(request.relation.id), request.relation.id]),
  );
  if (ids.size === 0) return new Map();
  try {
    return await readPartitionTokens([...ids.values()], service.connection.project, query);
  } catch {
    return new Map();
  }
}

function readingOf(
  service: Service,
  { request, token, key, known }: Asked,
  tokens: ReadonlyMap<string, PartitionTokens>,
): Reading {
  const source = sqlPath(service, request.relation.id);
  const now = tokens.get(relationKey(request.relation.id));
  if (token === undefined) return { sourced: { request, source }, settle: (read) => read };
  const value = token.isRacy ? null : token.value;
  const about = { columns: known.columns, covered: coveredBy(request) };
  if (now === undefined || !isByPartition(request))
    return {
      sourced: { request, source },
      settle(read) {
        const partitions = asKnown(read, new Map());
        if (value !== null) service.digests.keep(key, { ...about, token: value, seen: value, partitions });
        return read;
      },
    };
  const wanted = [...now.keys()].filter((partition) => isIn(partition, request.range));
  const moves = movedPartitions(known, now);
  // The table was written, and nobody tells where: a service that says nothing of some writes, or a change of its description.
  const isUntold = known.seen !== token.value && moves.size === 0;
  const moved = isUntold ? wanted : wanted.filter((partition) => moves.has(partition));
  return {
    sourced: { request, source, some: moved },
    settle(read) {
      const beside = Object.entries(known.partitions).filter(([partition]) => !isIn(partition, request.range));
      const rest = isUntold ? [] : beside;
      const kept = wanted.flatMap((partition) => {
        const before = known.partitions[partition];
        return before === undefined || moved.includes(partition) ? [] : [[partition, before] as const];
      });
      const partitions = { ...Object.fromEntries([...rest, ...kept]), ...asKnown(read, now) };
      const next = { ...about, token: value, seen: token.value, partitions };
      service.digests.keep(key, next);
      return answerOf(next, request);
    },
  };
}

/** Partitions that have come, gone, or are not what they were; those whose token says too little among them. */
function movedPartitions(known: KnownDigests, now: PartitionTokens): ReadonlySet<string> {
  const moved = [...now].filter(([partition, token]) => token === null || known.partitions[partition]?.[2] !== token);
  const gone = Object.keys(known.partitions).filter((partition) => !now.has(partition as Partition));
  return new Set([...moved.map(([partition]) => partition), ...gone]);
}

function asKnown(read: PartitionDigests, tokens: PartitionTokens): KnownDigests["partitions"] {
  return Object.fromEntries(
    [...read].map(([partition, { rows, digest }]) => [
      partition,
      [rows, digest, tokens.get(partition) ?? null] as const,
    ]),
  );
}

function coveredBy(request: DigestRequest): NonNullable<KnownDigests["covered"]> {
  const { range } = request;
  return range === undefined || !isByPartition(request) ? "all" : [range.from, range.to];
}

function covers({ covered }: KnownDigests, request: DigestRequest): boolean {
  if (covered === "all") return true;
  const { range } = request;
  return covered !== null && range !== undefined && covered[0] <= range.from && range.to <= covered[1];
}

function isIn(partition: string, range: DateRange | undefined): boolean {
  return range === undefined || (partition !== NULL_PARTITION && partition >= range.from && partition <= range.to);
}

function answerOf({ partitions }: KnownDigests, request: DigestRequest): PartitionDigests {
  const range = isByPartition(request) ? request.range : undefined;
  return new Map(
    Object.entries(partitions)
      .filter(([partition]) => isIn(partition, range))
      .map(([partition, [rows, digest]]): [Partition, PartitionDigest] => [
        partition as Partition,
        { rows, digest: digest as Fingerprint },
      ]),
  );
}
