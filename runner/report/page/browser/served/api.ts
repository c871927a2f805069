import type { PageRows } from "../../page-data.js";
import { takeToken } from "../token.js";

/** A field of a schema, as the API writes it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly description?: string;
  readonly fields?: readonly Field[];
}

export interface Listed {
  readonly dataset: string;
  readonly name: string;
  readonly type: string;
}

export interface Table {
  readonly type: string;
  readonly schema: { readonly fields: readonly Field[] };
  readonly numRows?: string;
  readonly description?: string;
  readonly view?: { readonly query: string };
  readonly materializedView?: { readonly query: string };
}

export interface Job {
  readonly id: string;
  readonly jobReference: { readonly jobId: string };
  readonly state: string;
  readonly user_email: string;
  readonly errorResult?: { readonly message: string };
  readonly configuration: { readonly jobType: string; readonly query?: { readonly query: string } };
  readonly statistics: {
    readonly creationTime: string;
    readonly startTime?: string;
    readonly endTime?: string;
    readonly query?: { readonly statementType?: string };
  };
}

interface RowsAnswer {
  readonly schema?: { readonly fields: readonly Field[] };
  readonly rows?: readonly { readonly f: readonly { readonly v: unknown }[] }[];
  readonly totalRows?: string;
  readonly numDmlAffectedRows?: string;
}

export interface QueryAnswer {
  readonly rows: PageRows | null;
  readonly changed: number | null;
}

/** How many rows are shown of a table or query. */
const MOST_ROWS = 1000;

/** The BigQuery API of the server that has given this page out. */
export class Api {
  readonly #token = takeToken();

  constructor(readonly project: string) {}

  async tables(): Promise<readonly Listed[]> {
    const { datasets = [] } = await this.#get<{ datasets?: { datasetReference: { datasetId: string } }[] }>(
      "datasets?maxResults=1000",
    );
    const lists = await Promise.all(
      datasets.map(async ({ datasetReference: { datasetId } }) => {
        const path = `datasets/${encodeURIComponent(datasetId)}/tables?maxResults=1000`;
        const { tables = [] } = await this.#get<{ tables?: { tableReference: { tableId: string }; type: string }[] }>(
          path,
        );
        return tables.map(({ tableReference, type }) => ({ dataset: datasetId, name: tableReference.tableId, type }));
      }),
    );
    return lists.flat();
  }

  table(dataset: string, name: string): Promise<Table> {
    return this.#get(`datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(name)}`);
  }

  /** The first rows of a table. */
  async rows(dataset: string, name: string, { schema }: Table): Promise<PageRows> {
    const path = `datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(name)}/data`;
    return shown(schema.fields, await this.#get<RowsAnswer>(`${path}?maxResults=${MOST_ROWS}`));
  }

  /** Jobs of all projects: clients may name any. */
  async jobs(): Promise<readonly Job[]> {
    return (await this.#get<{ jobs: readonly Job[] }>("jobs?projection=full&maxResults=1000", "-")).jobs;
  }

  /** @throws Error whose message is the server's */
  async query(query: string): Promise<QueryAnswer> {
    const body = { query, useLegacySql: false, maxResults: MOST_ROWS, timeoutMs: 200_000 };
    const answer = await this.#ask<RowsAnswer>("queries", { method: "POST", body: JSON.stringify(body) });
    const { schema, numDmlAffectedRows } = answer;
    const changed = numDmlAffectedRows === undefined ? null : Number(numDmlAffectedRows);
    const hasRows = schema !== undefined && schema.fields.length > 0 && changed === null;
    return { rows: hasRows ? shown(schema.fields, answer) : null, changed };
  }

  #get<T>(path: string, project = this.project): Promise<T> {
    return this.#ask<T>(path, {}, project);
  }

  async #ask<T>(path: string, options: RequestInit, project = this.project): Promise<T> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${this.#token}` };
    const answer = await fetch(`/bigquery/v2/projects/${project}/${path}`, { ...options, headers });
    const json = (await answer.json()) as { readonly error?: { readonly message?: string } };
    if (!answer.ok) throw new Error(json.error?.message ?? "the server answered with an error");
    return json as T;
  }
}

function shown(fields: readonly Field[], { rows = [], totalRows = "0" }: RowsAnswer): PageRows {
  return {
    columns: fields.map(({ name, type, mode }) => [name, mode === "REPEATED" ? "ARRAY" : (TYPES[type] ?? type)]),
    rows: rows.map(({ f }) => fields.map((field, place) => textOf(field, f[place]?.v ?? null))),
    total: Number(totalRows),
  };
}

const TYPES: Readonly<Record<string, string>> = { INTEGER: "INT64", FLOAT: "FLOAT64" };

function textOf(field: Field, value: unknown): string | null {
  if (value === null) return null;
  if (field.mode === "REPEATED" || field.fields !== undefined) return JSON.stringify(plain(field, value));
  if (field.type !== "TIMESTAMP") return String(value);
  const [seconds = "0", fraction = ""] = fixed(String(value)).split(".");
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ")}.${fraction.padEnd(6, "0")} UTC`.replace(
    /\.?0+ UTC$/,
    " UTC",
  );
}

/** Seconds since 1970 come as a number, which may have an exponent, and count downwards before. */
function fixed(text: string): string {
  const micros = Math.round(Number(text) * 1e6);
  const seconds = Math.floor(micros / 1e6);
  return `${seconds}.${String(micros - seconds * 1e6).padStart(6, "0")}`;
}

/** A nested value without the wrappers that the API puts around each part. */
function plain(field: Field, value: unknown): unknown {
  if (value === null) return null;
  if (field.mode === "REPEATED") {
    const { mode: _, ...element } = field;
    return (value as readonly { readonly v: unknown }[]).map(({ v }) => plain(element, v));
  }
  if (field.fields === undefined) return value;
  const { f } = value as { readonly f: readonly { readonly v: unknown }[] };
  return Object.fromEntries(field.fields.map((inner, place) => [inner.name, plain(inner, f[place]?.v ?? null)]));
}
