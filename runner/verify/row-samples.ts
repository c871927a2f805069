import { amongSql, rowHash, rowText } from "../googlesql/digest-sql.js";
import { everyPartition } from "../googlesql/partitioning.js";
import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import { WHOLE } from "../port/identity.js";
import { type DigestRequest, type QueryResult, relationKey } from "../port/port.js";

/** Values as text, by column; null is NULL. */
export type ShownRow = Readonly<Record<string, string | null>>;

/** Some rows in which two sides differ. */
export interface RowSamples {
  /** The columns that tell rows apart; none: a row is all of its columns. */
  readonly key: readonly string[];
  /** Rows of one key, in the columns that differ. */
  readonly changed: readonly { readonly key: ShownRow; readonly here: ShownRow; readonly there: ShownRow }[];
  readonly onlyHere: readonly ShownRow[];
  readonly onlyThere: readonly ShownRow[];
}

/** Asks a side for rows. */
type Ask = (sql: string) => Promise<QueryResult>;

/** Rows of one key are in one bucket, so that only buckets that differ have to be fetched. */
const BUCKETS = 1024;
/** More partitions are not looked into. */
const MOST_PARTITIONS = 20;
/** More rows of a side are not fetched. */
const MOST_ROWS = 50_000;
const ROW = "fastbreak_row";

/** Finds some rows in which two sides differ: digests of buckets of rows first, then the rows of buckets that differ. */
export async function sampleRows(
  requests: { readonly here: DigestRequest; readonly there: DigestRequest; readonly key: readonly string[] },
  partitions: readonly string[],
  samples: number,
  ask: { readonly here: Ask; readonly there: Ask },
): Promise<RowSamples | undefined> {
  const some = partitions.slice(0, MOST_PARTITIONS);
  const texts = {
    here: new SideTexts(requests.here, requests.key, some),
    there: new SideTexts(requests.there, requests.key, some),
  };
  const [ours, theirs] = await Promise.all([ask.here(texts.here.buckets()), ask.there(texts.there.buckets())]);
  const differing = differingBuckets(ours, theirs);
  const chosen: string[] = [];
  let rows = 0;
  for (const { bucket, rows: more } of differing) {
    if (chosen.length === samples || rows + more > MOST_ROWS) break;
    chosen.push(bucket);
    rows += more;
  }
  if (chosen.length === 0) return undefined;
  const [has, other] = await Promise.all([ask.here(texts.here.rows(chosen)), ask.there(texts.there.rows(chosen))]);
  return differencesOf(has, other, requests, samples);
}

class SideTexts {
  readonly #source: string;
  readonly #where: string;
  readonly #key: string;
  readonly #row: string;
  readonly #hash: string;

  constructor({ relation, columns }: DigestRequest, key: readonly string[], partitions: readonly string[]) {
    this.#source = `${quoteKey(relationKey(relation.id))} AS ${ROW}`;
    const { partitionColumn } = relation;
    this.#where =
      partitionColumn === undefined || partitions.includes(WHOLE)
        ? everyPartition(relation, ROW)
        : `(${amongSql(`${ROW}.${quoteIdentifier(partitionColumn)}`, partitions)})`;
    this.#row = rowText(relation, columns, ROW);
    this.#key = key.length === 0 ? this.#row : rowText(relation, key, ROW);
    this.#hash = rowHash(relation, columns, ROW);
  }

  get #bucket(): string {
    return `FARM_FINGERPRINT(${this.#key}) & ${BUCKETS - 1}`;
  }

  buckets(): string {
    return (
      `SELECT CAST(b AS STRING), CAST(COUNT(*) AS STRING), CAST(BIT_XOR(h) AS STRING), CAST(SUM(CAST(h AS NUMERIC)) AS STRING)` +
      ` FROM (SELECT ${this.#bucket} AS b, ${this.#hash} AS h FROM ${this.#source} WHERE ${this.#where}) GROUP BY b`
    );
  }

  rows(buckets: readonly string[]): string {
    return `SELECT ${this.#key}, ${this.#row} FROM ${this.#source} WHERE ${this.#where} AND ${this.#bucket} IN (${buckets.join(", ")})`;
  }
}

/** Those with the fewest rows first. */
function differingBuckets(ours: QueryResult, theirs: QueryResult) {
  const byBucket = ({ rows }: QueryResult) =>
    new Map(rows.map(([bucket, ...digest]) => [String(bucket), { digest: digest.join(":"), rows: Number(digest[0]) }]));
  const [here, there] = [byBucket(ours), byBucket(theirs)];
  return [...new Set([...here.keys(), ...there.keys()])]
    .filter((bucket) => here.get(bucket)?.digest !== there.get(bucket)?.digest)
    .map((bucket) => ({ bucket, rows: Math.max(here.get(bucket)?.rows ?? 0, there.get(bucket)?.rows ?? 0) }))
    .sort((a, b) => a.rows - b.rows || Number(a.bucket) - Number(b.bucket));
}

function differencesOf(
  ours: QueryResult,
  theirs: QueryResult,
  { there: { columns }, key }: { readonly there: DigestRequest; readonly key: readonly string[] },
  samples: number,
): RowSamples {
  const left = new Map<string, string[]>();
  for (const [id, row] of theirs.rows) left.set(String(id), [...(left.get(String(id)) ?? []), String(row)]);
  const only: [id: string, row: string][] = [];
  for (const [id, row] of ours.rows) {
    const rest = left.get(String(id)) ?? [];
    const at = rest.indexOf(String(row));
    if (at < 0) only.push([String(id), String(row)]);
    else rest.splice(at, 1);
  }
  const changed: RowSamples["changed"][number][] = [];
  const onlyHere: ShownRow[] = [];
  for (const [id, row] of only.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const other = key.length === 0 ? undefined : left.get(id)?.shift();
    if (other === undefined) onlyHere.push(shown(row, columns));
    else changed.push({ key: shown(id, key), ...differingColumns(shown(row, columns), shown(other, columns)) });
  }
  const onlyThere = [...left.values()]
    .flat()
    .sort()
    .map((row) => shown(row, columns));
  const few = <T>(rows: readonly T[]) => rows.slice(0, samples);
  return { key, changed: few(changed), onlyHere: few(onlyHere), onlyThere: few(onlyThere) };
}

function differingColumns(here: ShownRow, there: ShownRow) {
  const names = Object.keys(here).filter((name) => here[name] !== there[name]);
  const only = (row: ShownRow): ShownRow => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
  return { here: only(here), there: only(there) };
}

/** The values in the text of a row, as `rowText` writes it. */
function shown(text: string, columns: readonly string[]): ShownRow {
  const values = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(columns.map((name, index) => [name, valueText(values[`c${index}`])]));
}

function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
