import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBigQuery } from "../../runner/engines/bigquery/warehouse.js";
import { serveWarehouse } from "../../runner/session/serve-warehouse.js";
import { migrateState } from "../../runner/state/migrate.js";
import type { Cell, Content, Row } from "../decision-core/content.js";
import { type LiveTable, type Outside, STATE_DATASET } from "../decision-core/outside.js";
import { DATASET } from "../decision-core/spec.js";
import { type FaultyProxy, faultyProxy } from "./faulty-proxy.js";
import { sqlAt } from "./world.js";

/** An empty server with the runner's engine on it; what the runner does goes through the proxy, what the world does past it. */
export interface BigQueryOutside extends Outside {
  readonly proxy: FaultyProxy;
  close(): Promise<void>;
}

interface ListedTable {
  readonly tableReference: { readonly tableId: string };
  readonly type: string;
}

interface TableResource {
  readonly schema: { readonly fields?: readonly { readonly name: string; readonly type: string }[] };
  readonly timePartitioning?: unknown;
  readonly view?: { readonly query: string };
}

const TYPES: Readonly<Record<string, string>> = { DATE: "DATE", STRING: "STRING", INTEGER: "INT64" };
/** The views of assertions show what they find: nobody decides by them. */
const OF_ASSERTIONS = /^a\d/;

export async function bigQueryOutside(): Promise<BigQueryOutside> {
  const dir = mkdtempSync(join(tmpdir(), "histories-"));
  const server = await serveWarehouse({ place: {}, inMemory: true, seed: undefined, port: 0, project: "acme" });
  const proxy = await faultyProxy(server.url);
  const open = () =>
    openBigQuery({
      projectDir: dir,
      database: undefined,
      memory: undefined,
      threads: undefined,
      stateDataset: STATE_DATASET,
      bigquery: { project: "acme", endpoint: proxy.url },
    });
  let warehouse = await open();
  /** What others change between two runs the second one sees, because it is another process. */
  const changed = async (sql: string) => {
    await sqlAt(server.url, sql);
    await warehouse.close();
    warehouse = await open();
  };
  await warehouse.transaction((transaction) => migrateState(transaction, STATE_DATASET));
  await sqlAt(server.url, `CREATE SCHEMA ${DATASET}`);
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${server.url}/bigquery/v2/projects/acme/datasets/${DATASET}/tables${path}`);
    return (await answer.json()) as T;
  };
  const contentOf = async (name: string, fields: TableResource["schema"]["fields"] = []): Promise<Content> => {
    const columns = fields.map((field) => ({ name: field.name, type: TYPES[field.type] as "DATE" }));
    const rows = await sqlAt(server.url, `SELECT TO_JSON_STRING(t) FROM ${DATASET}.${name} AS t`);
    return { columns, rows: rows.map(([text]) => JSON.parse(String(text)) as Row) };
  };
  return {
    get warehouse() {
      return warehouse;
    },
    proxy,
    async live() {
      const live = new Map<string, LiveTable>();
      const { tables = [] } = await get<{ tables?: readonly ListedTable[] }>("?maxResults=1000");
      for (const { tableReference, type } of tables) {
        const name = tableReference.tableId;
        if (OF_ASSERTIONS.test(name)) continue;
        const { schema, timePartitioning, view } = await get<TableResource>(`/${name}`);
        // A view that reads what is not there shows nothing.
        const shown = contentOf(name, schema.fields);
        live.set(name, {
          kind: type === "TABLE" ? "table" : "view",
          partitioned: timePartitioning !== undefined,
          definition: view?.query ?? "",
          shown: type === "TABLE" ? await shown : await shown.catch(() => undefined),
        });
      }
      return live;
    },
    async write(name, { columns, rows }, partitioned) {
      const list = columns.map((column) => `${column.name} ${String(column.type)}`).join(", ");
      const values = rows.map((row) => `(${columns.map((column) => literal(row[column.name] ?? null)).join(", ")})`);
      const table = `${DATASET}.${name}`;
      const insert = values.length === 0 ? "" : `; INSERT INTO ${table} VALUES ${values.join(", ")}`;
      const layout = partitioned ? " PARTITION BY d" : "";
      await changed(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${list})${layout}${insert}`);
    },
    async drop(name) {
      const { tables = [] } = await get<{ tables?: readonly ListedTable[] }>("?maxResults=1000");
      const found = tables.find(({ tableReference }) => tableReference.tableId === name);
      const kind = found?.type === "VIEW" ? "VIEW" : "TABLE";
      await changed(`DROP ${kind} IF EXISTS ${DATASET}.${name}`);
    },
    async close() {
      proxy.fault = () => undefined;
      await warehouse.close();
      await proxy.close();
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function literal(value: Cell): string {
  return value === null || typeof value === "number" ? String(value ?? "NULL") : `'${value.replaceAll("'", "\\'")}'`;
}
