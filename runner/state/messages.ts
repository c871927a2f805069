import type { Observation, Transaction } from "../port/port.js";
import { columnNames, isoTimeOf, jsonOf, type TableCodec, textOf } from "./codec.js";

/** What one part of a night tells the others. */
export interface Message {
  readonly id: string;
  readonly topic: string;
  readonly orchestration: string;
  /** The date that it is about, `YYYY-MM-DD`. */
  readonly date: string;
  readonly publishedAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const MESSAGES: TableCodec<Message> = {
  name: "messages",
  columns: [
    { name: "message_id", type: "STRING" },
    { name: "topic", type: "STRING" },
    { name: "orchestration", type: "STRING" },
    { name: "analysis_date", type: "DATE" },
    { name: "published_at", type: "TIMESTAMP" },
    { name: "data", type: "STRING" },
    { name: "event", type: "STRING" },
  ],
  toRow: (message) => ({
    message_id: message.id,
    topic: message.topic,
    orchestration: message.orchestration,
    analysis_date: message.date,
    published_at: message.publishedAt,
    data: JSON.stringify(message.data),
    event: JSON.stringify(cloudEventOf(message)),
  }),
  fromRow(row) {
    const data = jsonOf(row.data);
    return {
      id: textOf(row.message_id),
      topic: textOf(row.topic),
      orchestration: textOf(row.orchestration),
      date: textOf(row.analysis_date),
      publishedAt: isoTimeOf(row.published_at) ?? "",
      data: typeof data === "object" && data !== null ? (data as Message["data"]) : {},
    };
  },
};

/** A message as a CloudEvent of version 1.0. */
export function cloudEventOf({ id, topic, orchestration, date, publishedAt, data }: Message): object {
  return {
    specversion: "1.0",
    id,
    source: `fastbreak/${orchestration}`,
    type: `fastbreak.${topic}`,
    time: publishedAt,
    subject: date,
    datacontenttype: "application/json",
    data,
  };
}

/** Adds messages. */
export async function publishMessages(
  transaction: Transaction,
  dataset: string,
  messages: readonly Message[],
): Promise<void> {
  if (messages.length > 0)
    await transaction.append({ dataset, name: MESSAGES.name }, MESSAGES.columns, messages.map(MESSAGES.toRow));
}

/** The messages of a date, oldest first. */
export async function readMessages(
  observation: Observation,
  dataset: string,
  orchestration: string,
  date: string,
): Promise<readonly Message[]> {
  const rows = await observation.latestRows({
    table: { dataset, name: MESSAGES.name },
    columns: columnNames(MESSAGES),
    key: ["message_id"],
    newestBy: ["published_at"],
  });
  return rows
    .flatMap((row) => MESSAGES.fromRow(row) ?? [])
    .filter((message) => message.orchestration === orchestration && message.date === date)
    .sort((a, b) => (a.publishedAt < b.publishedAt ? -1 : Number(a.publishedAt > b.publishedAt)));
}
