import type { DuckDBConnection } from "@duckdb/node-api";
import { type Fingerprint, NULL_PARTITION, type Partition } from "../../port/identity.js";
import { type DigestRequest, inNameOrder, type PartitionDigest, type PartitionDigests } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { exactValues, hashOfRow } from "./exact-values.js";
import { quoteName, quotePath, quoteText } from "./quote.js";

/** One statement for all of them would be planned in more than the square of their number. */
const REQUESTS_A_STATEMENT = 48;

/** What is read of a relation: of some partitions where these alone are named. */
export interface DigestReading extends DigestRequest {
  readonly only?: ReadonlySet<Partition>;
}

/** One reading of the rows of a relation, for all who ask for digests of the same rows. */
interface Scan {
  readonly partition: string;
  readonly from: string;
  readonly requests: { readonly index: number; readonly columns: string }[];
}

/** Digests of many relations, all from the connection's one snapshot; rows that several ask for are read once. */
export async function readDigests(
  connection: DuckDBConnection,
  requests: readonly DigestReading[],
): Promise<readonly PartitionDigests[]> {
  const answers = requests.map(() => new Map<Partition, PartitionDigest>());
  const scans = scansOf(requests);
  for (const some of statementsOf(scans)) {
    const reader = await connection.runAndReadAll(some.map(scanSql).join("\nUNION ALL\n"));
    for (const row of reader.getRowsJson()) {
      const [index, partition, rows, xors, sums] = row as [number, string | null, string, string[], string[]];
      some[index]?.requests.forEach((request, place) => {
        const digest = `${rows}:${xors[place]}:${sums[place]}` as Fingerprint;
        answers[request.index]?.set((partition as Partition | null) ?? NULL_PARTITION, { rows: Number(rows), digest });
      });
    }
  }
  return answers;
}

function scansOf(requests: readonly DigestReading[]): readonly Scan[] {
  const scans = new Map<string, Scan>();
  requests.forEach((request, index) => {
    const { partition, from } = rowsOf(request);
    const key = `${partition} ${from}`;
    const scan = scans.get(key) ?? { partition, from, requests: [] };
    scan.requests.push({ index, columns: columnsHash(request) });
    scans.set(key, scan);
  });
  return [...scans.values()];
}

/** The rows of a request as SQL, and what tells its partitions apart. */
function rowsOf(request: DigestReading): Pick<Scan, "partition" | "from"> {
  const { relation, grain } = request;
  const isWhole = relation.partitionColumn === undefined || grain === "relation";
  const conditions = conditionsOf(request);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return {
    partition: isWhole ? "'*'" : quoteName(relation.partitionColumn ?? ""),
    from: `FROM ${quotePath(relation.id)}${where}`,
  };
}

function* statementsOf(scans: readonly Scan[]): Generator<readonly Scan[]> {
  let some: Scan[] = [];
  let count = 0;
  for (const scan of scans) {
    if (some.length > 0 && count + scan.requests.length > REQUESTS_A_STATEMENT) {
      yield some;
      some = [];
      count = 0;
    }
    some.push(scan);
    count += scan.requests.length;
  }
  if (some.length > 0) yield some;
}

function scanSql({ partition, from, requests }: Scan, index: number): string {
  const hashes = [...new Set(requests.map(({ columns }) => columns))].filter((columns) => columns !== NO_COLUMNS);
  const values = hashes.map((columns, place) => `, ${columns} AS h${place}`).join("");
  const digests = requests.map(({ columns }) =>
    columns === NO_COLUMNS ? COUNTED : digestOf(`h${hashes.indexOf(columns)}`),
  );
  const list = (of: "xor" | "sum") => `[${digests.map((digest) => digest[of]).join(", ")}]`;
  return (
    `SELECT ${index} AS scan, CAST(p AS VARCHAR), count(*), ${list("xor")}, ${list("sum")}` +
    ` FROM (SELECT ${partition} AS p${values} ${from}) GROUP BY p`
  );
}

const digestOf = (hash: string) => ({
  xor: `CAST(bit_xor(${hash}) AS VARCHAR)`,
  sum: `CAST(sum(CAST(${hash} AS HUGEINT)) AS VARCHAR)`,
});

const NO_COLUMNS = hashOfRow([]);

/** What XOR and SUM of the hash of no columns come to: the number of rows tells it, at a third of the cost. */
const COUNTED = {
  xor: `CAST(CASE WHEN count(*) % 2 = 1 THEN ${NO_COLUMNS} ELSE 0 END AS VARCHAR)`,
  sum: `CAST(CAST(count(*) AS HUGEINT) * CAST(${NO_COLUMNS} AS HUGEINT) AS VARCHAR)`,
};

/** The text that all who ask for the same columns of the same rows have in common. */
export function questionOf(request: DigestReading): string {
  const { partition, from } = rowsOf(request);
  return `${partition} ${columnsHash(request)} ${from}`;
}

function columnsHash({ relation, columns }: DigestReading): string {
  return columns.length === 0 ? NO_COLUMNS : rowHash({ relation, columns });
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
    ...(only === undefined ? [] : [named.length === 0 ? "FALSE" : `(${named.join(" OR ")})`]),
  ];
}

function dateText(date: string): string {
  return `DATE ${quoteText(date)}`;
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
    inNameOrder(columns).flatMap((column) => known.get(column) ?? exactValues(quoteName(column), undefined)),
  );
}
