import type { DuckDBConnection } from "@duckdb/node-api";
import type { Partition } from "../../port/identity.js";
import type { DateRange, DigestRequest, PartitionDigests, RelationId } from "../../port/port.js";
import { type DigestReading, questionOf, readDigests } from "./digest-scans.js";
import { type DigestsAnswer, inRange, partOf, relationName, type TransactionDigests } from "./transaction-digests.js";

const NONE: ReadonlySet<Partition> = new Set();

/** Digests of many relations, without reading what somebody has read already of partitions that nobody has written to since. */
export async function readDigestsThrough(
  known: TransactionDigests,
  connection: DuckDBConnection,
  requests: readonly DigestRequest[],
): Promise<readonly PartitionDigests[]> {
  const questions = requests.map((request) => new Question(request));
  const answers = new Map<string, PartitionDigests>();
  // Several actions ask the same of a table.
  const missing = new Map<string, Missing>();
  for (const question of questions) {
    if (answers.has(question.key) || missing.has(question.key)) continue;
    const before = question.isKept ? known.find(question.id, question.text, question.range) : undefined;
    if (before?.stale.size === 0) answers.set(question.key, before.digests);
    else missing.set(question.key, { question, before: question.canMend(before) ? before : undefined });
  }
  const readings = readingsOf([...missing.values()]);
  const read = await readDigests(
    connection,
    readings.map(({ request }) => request),
  );
  readings.forEach(({ question, before, range }, index) => {
    const answer = mended(before, read[index] ?? new Map());
    answers.set(question.key, partOf({ range, digests: answer, stale: NONE }, question.range).digests);
    if (question.isKept) known.keep(question.id, question.text, range, answer);
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
    this.text = questionOf(this.#isDated ? { ...request, range: undefined } : request);
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

/** A question that nobody can answer as it is. */
interface Missing {
  readonly question: Question;
  /** What is known but for the partitions that were written to since; undefined: everything is read. */
  readonly before: DigestsAnswer | undefined;
}

/** What is read for a question. */
interface Reading extends Missing {
  readonly request: DigestReading;
  /** What is known then; undefined: of all partitions. */
  readonly range: DateRange | undefined;
}

/** What is read for each question: where that costs little more, the same rows for all who ask of a table, which are then read once. */
function readingsOf(missing: readonly Missing[]): readonly Reading[] {
  const hulls = new Map<string, DateRange>();
  for (const { question, before } of missing) {
    const { id, range } = question;
    if (before !== undefined || range === undefined) continue;
    const { from, to } = hulls.get(relationName(id)) ?? range;
    const [first = from, , , last = to] = [from, to, range.from, range.to].sort();
    hulls.set(relationName(id), { from: first, to: last });
  }
  return missing.map(({ question, before }) => {
    const { request, range } = question;
    if (before !== undefined) {
      const stale = [...before.stale].filter(range === undefined ? () => true : inRange(range)).sort();
      return { question, before, range, request: { ...request, range: undefined, only: new Set(stale) } };
    }
    const hull = range && hulls.get(relationName(question.id));
    if (hull === undefined || daysOf(hull) > MOST_DAYS_BESIDES * daysOf(range as DateRange))
      return { question, before, range, request };
    return { question, before, range: hull, request: { ...request, range: hull } };
  });
}

/** How many days are read at most for one that is asked for. */
const MOST_DAYS_BESIDES = 3;

function daysOf({ from, to }: DateRange): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
}

function mended(before: DigestsAnswer | undefined, read: PartitionDigests): PartitionDigests {
  if (before === undefined) return read;
  return new Map([...[...before.digests].filter(([partition]) => !before.stale.has(partition)), ...read]);
}
