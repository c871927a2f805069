import type {
  DigestRequest,
  LatestRowsRequest,
  Observation,
  PartitionDigests,
  Relation,
  RelationId,
  RowObject,
} from "../../port/port.js";
import { relationKey } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import type { TableToken } from "./catalog.js";
import type { Purpose } from "./jobs.js";
import { latestRowsSql, newestRows } from "./latest-rows.js";
import { restPath } from "./names.js";
import { type RoutineList, readRoutine, readRoutineList, readTable, readTableData } from "./protocol.js";
import { columnsOf } from "./schema.js";
import { queryRows, type Service, sqlPath } from "./service.js";
import { standingDigests } from "./standing.js";
import { decodeRow } from "./values.js";

/** A log of so many bytes is read whole, which costs nothing; of a longer one only what is asked for. */
const MOST_LISTED_BYTES = 64 * 1024 * 1024;
const ROWS_A_PAGE = 50_000;

/** Looks at the service without changing anything: metadata first, then the rows of what may have changed. */
export class BigQueryObservation implements Observation {
  readonly #began = Date.now();

  constructor(
    readonly service: Service,
    readonly purpose: Purpose,
  ) {}

  async relations(): Promise<ReadonlyMap<string, Relation>> {
    return this.service.catalog.relations();
  }

  async digests(requests: readonly DigestRequest[]): Promise<readonly PartitionDigests[]> {
    const tokens = await this.tokensOf(requests);
    return standingDigests(this.service, requests, tokens, this.purpose);
  }

  /** What the service says now of the tables that are asked for, in the order of the requests. */
  protected async tokensOf(requests: readonly DigestRequest[]): Promise<readonly (TableToken | undefined)[]> {
    const ids = new Map(requests.map(({ relation }) => [relationKey(relation.id), relation.id]));
    const described = await this.service.catalog.describeSince([...ids.values()], this.#began);
    const tokens = new Map([...ids.keys()].map((key, index) => [key, described[index]?.token]));
    return requests.map(({ relation }) => tokens.get(relationKey(relation.id)));
  }

  async latestRows(request: LatestRowsRequest): Promise<readonly RowObject[]> {
    const path = restPath(request.table, this.service.connection.project);
    const table = await this.#logOf(request.table);
    if (table === undefined || table.rows === 0) return [];
    if (!(table.bytes <= MOST_LISTED_BYTES)) {
      const sql = latestRowsSql(request, sqlPath(this.service, request.table));
      const { columns, rows } = await queryRows(this.service, sql, "state", this.purpose);
      return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
    }
    const wanted = new Set([
      ...request.columns,
      ...request.key,
      ...request.newestBy,
      ...(request.where === undefined ? [] : [request.where.column]),
    ]);
    return newestRows(request, await this.#listed(path, table.columns, wanted));
  }

  /** A table of the runner's own; rows that are only streamed are in no number, so that they are asked for by a query. */
  async #logOf(id: RelationId) {
    const { catalog } = this.service;
    // Before the project is loaded nobody knows which relations there are.
    if (catalog.isKnown) {
      const [described] = await catalog.describeSince([id], this.#began);
      if (described?.token !== undefined)
        return { rows: described.rows, bytes: described.bytes, columns: described.relation.columns };
    }
    const path = restPath(id, this.service.connection.project);
    const table = await this.service.rest.find({ method: "GET", path }, readTable);
    if (table === undefined) return undefined;
    const { columns } = columnsOf(table.schema.fields);
    const { numRows = Number.NaN, numBytes = Number.NaN, streamingBuffer } = table;
    return streamingBuffer === undefined
      ? { rows: numRows, bytes: numBytes, columns }
      : { rows: Number.NaN, bytes: Number.NaN, columns };
  }

  /** All rows of a table, as they stand; nothing is billed. */
  async #listed(path: string, all: readonly Column[], wanted: ReadonlySet<string>): Promise<readonly RowObject[]> {
    const columns = all.filter(({ name }) => wanted.has(name));
    const read = readTableData(columns.length);
    const rows: RowObject[] = [];
    for (let pageToken: string | undefined; ; ) {
      const query = {
        maxResults: String(ROWS_A_PAGE),
        selectedFields: columns.map(({ name }) => name).join(","),
        "formatOptions.useInt64Timestamp": "true",
        pageToken,
      };
      const page = await this.service.rest.repeat({ method: "GET", path: `${path}/data`, query }, read);
      for (const row of page.rows) {
        const values = decodeRow(row, columns);
        rows.push(Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null])));
      }
      pageToken = page.pageToken;
      if (pageToken === undefined) return rows;
    }
  }

  async #routinePage(path: string, pageToken: string | undefined): Promise<RoutineList> {
    const call = { method: "GET", path, query: { maxResults: "1000", pageToken } } as const;
    const listed = async () => (await this.service.rest.find(call, readRoutineList)) ?? { routines: [] };
    const page = await listed();
    // Nothing at all is what the service says where there are none, and what is left of an answer that was damaged.
    return page.routines.length > 0 ? page : listed();
  }

  async routines(): Promise<ReadonlyMap<string, string>> {
    const datasets = new Set([...(await this.relations()).values()].map(({ id }) => id.dataset));
    const { project } = this.service.connection;
    const found = await Promise.all(
      [...datasets]
        .filter((dataset) => !dataset.includes("."))
        .map(async (dataset) => {
          const path = `/projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}/routines`;
          const listed: RoutineList["routines"][number][] = [];
          for (let pageToken: string | undefined; ; ) {
            const page = await this.#routinePage(path, pageToken);
            listed.push(...page.routines);
            pageToken = page.nextPageToken;
            if (pageToken === undefined) return listed;
          }
        }),
    );
    const list = found.flat();
    const gets = list.map(({ routineReference: { datasetId, routineId } }) => ({
      path: `/projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(datasetId)}/routines/${encodeURIComponent(routineId)}`,
    }));
    const { found: bodies } = await this.service.batch.get(gets, readRoutine);
    return new Map(
      list.map(({ routineReference: { datasetId, routineId } }, index) => [
        `${datasetId}.${routineId}`,
        routineText(bodies[index]),
      ]),
    );
  }
}

/** What decides what a routine does: not when it was made. */
function routineText(body: unknown): string {
  const { etag, creationTime, lastModifiedTime, selfLink, ...rest } = (body ?? {}) as Record<string, unknown>;
  return JSON.stringify(rest);
}
