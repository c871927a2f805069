import type { DuckDBConnection } from "@duckdb/node-api";
import { type Fingerprint, NULL_PARTITION, type Partition } from "../../port/identity.js";
import type { DateRange, DigestRequest, PartitionDigest, PartitionDigests, RelationId } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { exactValues, hashOfRow } from "./exact-values.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import type { DigestsAnswer, TransactionDigests } from "./transaction-digests.js";

/** One statement for all of them would be planned in more than the square of their number. */
const REQUESTS_A_STATEMENT = 48;

/** What is read of a relation: of some partitions where these alone are named. */
interface DigestReading extends DigestRequest {
  readonly only?: ReadonlySet<Partition>;
}

/** Digests of many relations, all from the connection's one snapshot. */
export async function readDigests(
  connection: DuckDBConnection,
  requests: readonly DigestReading[],
): Promise<readonly PartitionDigests[]> {
  const answers = requests.map(() => new Map<Partition, PartitionDigest>());
  const statements = requests.map(digestSql);
  for (let first = 0; first < statements.length; first += REQUESTS_A_STATEMENT) {
    const some = statements.slice(first, first + REQUESTS_A_STATEMENT);
    const reader = await connection.runAndReadAll(some.join("\nUNION ALL\n"));
    for (const row of reader.getRowsJson()) {
      const [request, partition, rows, xor, sum] = row as [number, string | null, string, string, string];
      const digest = `${rows}:${xor}:${sum}` as Fingerprint;
      answers[request]?.set((partition as Partition | null) ?? NULL_PARTITION, { rows: Number(rows), digest });
    }
  }
  return answers;
}

/** The same, without reading what somebody has read already of partitions that nobody has written to since. */
export async function readDigestsThrough(
  known: TransactionDigests,
  connection: DuckDBConnection,
  requests: readonly DigestRequest[],
): Promise<readonly PartitionDigests[]> {
  const questions = requests.map((request) => new Question(request));
  const answers = new Map<string, PartitionDigests>();
  // Several actions ask the same of a table.
  const missing = new Map<string, { readonly question: Question; readonly before: DigestsAnswer | undefined }>();
  for (const question of questions) {
    if (answers.has(question.key) || missing.has(question.key)) continue;
    const before = question.isKept ? known.find(question.id, question.text, question.range) : undefined;
    if (before?.stale.size === 0) answers.set(question.key, before.digests);
    else missing.set(question.key, { question, before: question.canMend(before) ? before : undefined });
  }
  const readings = [...missing.values()].map(({ question: { request }, before }) =>
    before === undefined ? request : { ...request, only: before.stale },
  );
  const read = await readDigests(connection, readings);
  [...missing].forEach(([key, { question, before }], index) => {
    const answer = mended(before, read[index] ?? new Map());
    answers.set(key, answer);
    if (question.isKept) known.keep(question.id, question.text, question.range, answer);
  });
  return questions.map(({ key }) => answers.get(key) ?? new Map());
}

/** What is asked of a relation, by the text that every request for the same columns has. */
class Question {
  readonly text: string;
  readonly range: DateRange | undefined;
  /** The partitions are told apart, and can be asked for one by one. */
  readonly #isDated: boolean;

  constructor(readonly request: DigestRequest) {
    const { relation, grain, range } = request;
    const type = relation.columns.find(({ name }) => name === relation.partitionColumn)?.type;
    this.#isDated = type === "DATE" && grain === "partition";
    this.text = digestSql(this.#isDated ? { ...request, range: undefined } : request, 0);
    this.range = this.#isDated ? range : undefined;
  }

  get id(): RelationId {
    return this.request.relation.id;
  }

  get key(): string {
    return this.range === undefined ? this.text : `${this.text} ${this.range.from} ${this.range.to}`;
  }

  /** What a view shows may lie outside the file. */
  get isKept(): boolean {
    return this.request.relation.kind === "table";
  }

  /** Whether it is less to read again what was written to than to read everything. */
  canMend(before: DigestsAnswer | undefined): boolean {
    return before !== undefined && this.#isDated && before.stale.size <= before.digests.size / 2;
  }
}

function mended(before: DigestsAnswer | undefined, read: PartitionDigests): PartitionDigests {
  if (before === undefined) return read;
  return new Map([...[...before.digests].filter(([partition]) => !before.stale.has(partition)), ...read]);
}

function digestSql(request: DigestReading, index: number): string {
  const { relation, grain } = request;
  const column =
    relation.partitionColumn === undefined || grain === "relation" ? undefined : quoteName(relation.partitionColumn);
  const partition = column === undefined ? "'*'" : `CAST(${column} AS VARCHAR)`;
  const conditions = conditionsOf(request);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const from = `FROM ${quotePath(relation.id)}${where}`;
  if (request.columns.length === 0) return countSql(index, column, from);
  return (
    `SELECT ${index} AS request, p, count(*) AS n, CAST(bit_xor(h) AS VARCHAR) AS x, CAST(sum(CAST(h AS HUGEINT)) AS VARCHAR) AS s` +
    ` FROM (SELECT ${partition} AS p, ${rowHash(request)} AS h ${from}) GROUP BY p`
  );
}

/** The conditions under which rows are read. */
export function conditionsOf({
  relation: { partitionColumn },
  range,
  only,
}: Pick<DigestReading, "relation" | "range" | "only">): string[] {
  if (partitionColumn === undefined) return [];
  const column = quoteName(partitionColumn);
  const dates = [...(only ?? [])].filter((partition) => partition !== NULL_PARTITION).map(dateText);
  const named = [
    ...(dates.length === 0 ? [] : [`${column} IN (${dates.join(", ")})`]),
    ...(only?.has(NULL_PARTITION) ? [`${column} IS NULL`] : []),
  ];
  return [
    ...(range === undefined ? [] : [`${column} BETWEEN ${dateText(range.from)} AND ${dateText(range.to)}`]),
    ...(only === undefined ? [] : [`(${named.join(" OR ")})`]),
  ];
}

function dateText(date: string): string {
  return `DATE ${quoteText(date)}`;
}

/** What XOR and SUM of the hash of no columns come to: the number of rows tells it, at a third of the cost. */
function countSql(index: number, column: string | undefined, from: string): string {
  const hash = hashOfRow([]);
  return (
    `SELECT ${index} AS request, CAST(p AS VARCHAR) AS p, n, CAST(CASE WHEN n % 2 = 1 THEN ${hash} ELSE 0 END AS VARCHAR) AS x,` +
    ` CAST(CAST(n AS HUGEINT) * CAST(${hash} AS HUGEINT) AS VARCHAR) AS s` +
    ` FROM (SELECT ${column ?? "'*'"} AS p, count(*) AS n ${from} GROUP BY 1)`
  );
}

/** By the columns of a relation, which has several readers: the values of each as they are hashed. */
const VALUES = new WeakMap<readonly Column[], ReadonlyMap<string, readonly string[]>>();

/** The hash of the columns of a row that are asked for: the same for all who ask for the same, in whatever order. */
export function rowHash({ relation, columns }: Pick<DigestRequest, "relation" | "columns">): string {
  let values = VALUES.get(relation.columns);
  if (values === undefined) {
    values = new Map(relation.columns.map(({ name, type }) => [name, exactValues(quoteName(name), type)]));
    VALUES.set(relation.columns, values);
  }
  const known = values;
  return hashOfRow(
    [...columns].sort().flatMap((column) => known.get(column) ?? exactValues(quoteName(column), undefined)),
  );
}
