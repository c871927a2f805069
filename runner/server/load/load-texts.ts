import { randomUUID } from "node:crypto";
import type { SqlValue } from "../../port/port.js";
import { JobError, type JobRows, plainRequest, type SqlJobs } from "../../port/sql-jobs.js";
import type { SqlType } from "../../port/sql-types.js";
import { ApiError } from "../protocol/errors.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { decodeLocal, decodeText, type TextReading } from "../values/decode.js";

/** What stands for a text whose value is not known yet. */
const UNKNOWN = "";
const ROWS_AT_ONCE = 1000;
/** How many texts of a type are remembered: days come again and again. */
const MOST_KNOWN = 100_000;

/** Expressions that fail for what is no zone, or no format of the type. */
const CHECKS = {
  timeZone: (zone: string) => `STRING(TIMESTAMP "2000-01-01 00:00:00+00", ${zone})`,
  dateFormat: (format: string) => `CAST(DATE "2000-01-01" AS STRING FORMAT ${format})`,
  datetimeFormat: (format: string) => `CAST(DATETIME "2000-01-01 00:00:00" AS STRING FORMAT ${format})`,
  timeFormat: (format: string) => `CAST(TIME "00:00:00" AS STRING FORMAT ${format})`,
  timestampFormat: (format: string) => `CAST(TIMESTAMP "2000-01-01 00:00:00+00" AS STRING FORMAT ${format})`,
};

interface AskedType {
  /** A GoogleSQL expression over a column `text`. */
  readonly sql: string;
  /** What the expression reads of a text; undefined: the text is read without it. */
  readonly textOf: (text: string) => string | undefined;
  readonly isFormat: boolean;
}

/** Reads the dates and times of a load whose formats and zone the job says; the engine, which knows both, is asked for many at a time. */
export class LoadTexts {
  readonly #jobs: Pick<SqlJobs, "run">;
  readonly #types: ReadonlyMap<SqlType, AskedType>;
  readonly #known = new Map<SqlType, Map<string, SqlValue | undefined>>();
  readonly #wanted = new Map<SqlType, Set<string>>();
  readonly #load: LoadConfiguration;
  #isChecked = false;

  private constructor(jobs: Pick<SqlJobs, "run">, types: ReadonlyMap<SqlType, AskedType>, load: LoadConfiguration) {
    this.#jobs = jobs;
    this.#types = types;
    this.#load = load;
  }

  /** Undefined: the job says nothing of the kind. */
  static of(jobs: Pick<SqlJobs, "run">, load: LoadConfiguration): LoadTexts | undefined {
    const types = askedTypes(load);
    return types.size === 0 ? undefined : new LoadTexts(jobs, types, load);
  }

  /** Types whose format is said: texts of them are of no other form. */
  get formatted(): ReadonlySet<SqlType> {
    return new Set([...this.#types].flatMap(([type, { isFormat }]) => (isFormat ? [type] : [])));
  }

  readonly #read: TextReading = (text, type, from) => {
    const asked = this.#types.get(type);
    const own = from === "number" ? undefined : asked?.textOf(text);
    if (own === undefined) return decodeText(text, type, from);
    const known = this.#known.get(type);
    if (known?.has(own)) return known.get(own);
    this.#wanted.set(type, (this.#wanted.get(type) ?? new Set()).add(own));
    return UNKNOWN;
  };

  /**
   * What a pass over some rows makes, once all of their texts are known.
   * @param pass reads all the texts that it can
   * @throws ApiError for a format or a zone that there is not
   */
  async all<T>(pass: (read: TextReading) => T): Promise<T> {
    if (!this.#isChecked) await this.#check();
    for (const known of this.#known.values()) if (known.size > MOST_KNOWN) known.clear();
    for (;;) {
      const made = pass(this.#read);
      if (this.#wanted.size === 0) return made;
      for (const [type, texts] of this.#wanted) await this.#ask(type, [...texts]);
      this.#wanted.clear();
    }
  }

  /** A value is written by each format: texts that fit none would be NULL, whether it is one or not. */
  async #check(): Promise<void> {
    for (const [option, write] of Object.entries(CHECKS)) {
      const said = this.#load[option as keyof typeof CHECKS];
      if (!said) continue;
      try {
        await this.#jobs.run(plainRequest(`SELECT ${write(JSON.stringify(said))}`), () => undefined);
      } catch (cause) {
        if (!(cause instanceof JobError)) throw cause;
        throw new ApiError("invalid", `Invalid value for ${option}: ${cause.message}`, option);
      }
    }
    this.#isChecked = true;
  }

  async #ask(type: SqlType, texts: readonly string[]): Promise<void> {
    const table = {
      key: `texts of a load ${randomUUID()}`,
      columns: [
        { name: "place", type: "INT64" },
        { name: "text", type: "STRING" },
      ] as const,
      rows: async () => texts.map((text, place) => ({ place: BigInt(place), text })),
    };
    const request = {
      ...plainRequest(`SELECT ${this.#types.get(type)?.sql} FROM texts ORDER BY place`),
      systemTables: ([name, ...others]: readonly string[]) =>
        name === "texts" && others.length === 0 ? table : undefined,
    };
    let answered: JobRows | undefined;
    await this.#jobs.run(request, ({ rows }) => {
      answered = rows;
    });
    const values = answered?.read(0, texts.length) ?? [];
    const known = this.#known.get(type) ?? new Map<string, SqlValue | undefined>();
    for (const [place, text] of texts.entries()) known.set(text, values[place]?.[0] ?? undefined);
    this.#known.set(type, known);
  }
}

/** Formats and the zone, by the types that they are for. https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-csv#csv-options */
function askedTypes(load: LoadConfiguration): ReadonlyMap<SqlType, AskedType> {
  const { timeZone, dateFormat, datetimeFormat, timeFormat, timestampFormat } = load;
  const zone = timeZone ? ` AT TIME ZONE ${JSON.stringify(timeZone)}` : "";
  const formats = { DATE: dateFormat, DATETIME: datetimeFormat, TIME: timeFormat, TIMESTAMP: timestampFormat };
  const types = new Map<SqlType, AskedType>();
  for (const [type, format] of Object.entries(formats))
    if (format)
      types.set(type as SqlType, {
        sql: `SAFE_CAST(text AS ${type} FORMAT ${JSON.stringify(format)}${type === "TIMESTAMP" ? zone : ""})`,
        textOf: (text) => text,
        isFormat: true,
      });
  if (timeZone && !timestampFormat)
    types.set("TIMESTAMP", {
      sql: `TIMESTAMP(CAST(text AS DATETIME), ${JSON.stringify(timeZone)})`,
      // One with a zone of its own needs none.
      textOf: decodeLocal,
      isFormat: false,
    });
  return types;
}

/**
 * Rows made of what is read, one by one, or many at a time where the engine is asked for their texts.
 * @param make a row; undefined: there is none. Where `isFinal` is false the row is made to learn its texts, and is thrown away.
 */
export async function* rowsOfTexts<T, R>(
  items: AsyncIterable<T>,
  texts: LoadTexts | undefined,
  make: (item: T, read: TextReading | undefined, isFinal: boolean) => R | undefined,
): AsyncGenerator<R> {
  if (texts === undefined) {
    for await (const item of items) {
      const row = make(item, undefined, true);
      if (row !== undefined) yield row;
    }
    return;
  }
  let batch: T[] = [];
  const made = async function* (): AsyncGenerator<R> {
    const read = await texts.all((reading) => {
      for (const item of batch) make(item, reading, false);
      return reading;
    });
    for (const item of batch) {
      const row = make(item, read, true);
      if (row !== undefined) yield row;
    }
    batch = [];
  };
  for await (const item of items) if (batch.push(item) >= ROWS_AT_ONCE) yield* made();
  yield* made();
}
