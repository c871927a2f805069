import * as v from "valibot";
import type { RowObject } from "../../port/port.js";
import { JobError, type JobRows, plainRequest } from "../../port/sql-jobs.js";
import type { TablePartition } from "../../port/table-partition.js";
import { bytesOfRows } from "../catalog/bytes.js";
import { partitionOf, withoutDecorator } from "../catalog/partitions.js";
import { accessOf, requireAllRows } from "../catalog/row-access.js";
import { requiredPaths } from "../catalog/schema-update.js";
import { createTable, type TableChange } from "../catalog/table-changes.js";
import {
  findRelation,
  fullTableName,
  requireRelation,
  type TableRef,
  type TableResource,
  tableFields,
  tableId,
  tableResource,
} from "../catalog/tables.js";
import type { ApiRequest, Route } from "../http/request.js";
import { jobOfAnonymous } from "../jobs/anonymous.js";
import { externalOf } from "../jobs/external-tables.js";
import type { JobService } from "../jobs/service.js";
import { readSource, sourceTable } from "../jobs/source-table.js";
import { ApiError, notFound } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { quoted } from "../protocol/schema.js";
import { checked, flag } from "../protocol/validate.js";
import { decodeRow, ValueError } from "../values/decode.js";
import { fieldTree, requireFields, selectedRows } from "../values/selected-fields.js";
import { partitionsSummary } from "./partitions-summary.js";
import { pageOfRows, pageRequest, withRows } from "./rows-page.js";
import { tableRef } from "./tables.js";

const ONE = "/projects/:project/datasets/:dataset/tables/:table";
/** More rows are never in one answer. */
const MOST_ROWS = 100_000;

/** https://cloud.google.com/bigquery/quotas#streaming_inserts */
const MOST_STREAMED = 50_000;

const insertRequest = v.object({
  rows: v.optional(v.array(v.object({ insertId: v.nullish(v.string()), json: v.nullish(v.looseObject({})) })), []),
  skipInvalidRows: v.nullish(flag),
  ignoreUnknownValues: v.nullish(flag),
  templateSuffix: v.nullish(v.string()),
});

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata */
export function tabledataRoutes(service: JobService): readonly Route[] {
  return [
    { method: "GET", url: `${ONE}/data`, handle: async (request) => ({ body: await listRows(service, request) }) },
    {
      method: "POST",
      url: `${ONE}/insertAll`,
      keepsNumbers: true,
      handle: async (request) => ({ body: await insertAll(service, request) }),
    },
  ];
}

async function listRows(service: JobService, request: ApiRequest) {
  const ref = tableRef(request);
  const page = pageRequest(request);
  const tree = fieldTree(request.query.selectedFields);
  const jobId = jobOfAnonymous(ref.dataset, ref.table);
  if (jobId !== undefined) {
    const { rows } = service.registry.find(ref.project, jobId, undefined).outcome;
    if (rows === undefined) throw notFound("Table", fullTableName(ref));
    return tableAnswer(etagOf("results", jobId), rows.count, pageOfRows(selectedRows(rows, tree), page));
  }
  const summary = await partitionsSummary(service, ref);
  if (summary !== undefined) {
    const etag = etagOf("rows", tableId(ref), service.times.get(tableId(withoutDecorator(ref).base)));
    return tableAnswer(etag, summary.count, pageOfRows(selectedRows(summary, tree), page));
  }
  if (/[$@]/.test(ref.table)) {
    const source = await sourceTable(service, ref);
    requireAllRows(service, source.base, request.user);
    const rows = selectedRows(await readSource(service, source), tree);
    const etag = etagOf("rows", tableId(ref), service.times.get(tableId(source.base)));
    return tableAnswer(etag, rows.count, pageOfRows(rows, page));
  }
  const relation = await requireRelation(service, ref);
  if (relation.kind === "view") throw new ApiError("invalid", `Cannot list a table of type VIEW.`);
  if (externalOf(service, tableId(ref)) !== undefined)
    throw new ApiError("invalid", `Cannot list a table of type EXTERNAL.`);
  const total = relation.rows ?? 0;
  if (tree !== undefined) requireFields(relation.columns, tree);
  const names = relation.columns.map(({ name }) => name);
  const columns = tree === undefined ? names : names.filter((name) => tree.has(name.toLowerCase()));
  const access = accessOf(service, request.user);
  if (access.condition(relation.id) !== undefined) {
    const sql = `SELECT ${columns.map(quoted).join(", ") || "NULL"} FROM ${quoted(ref.dataset)}.${quoted(ref.table)}`;
    let open: JobRows | undefined;
    await service.jobs.run({ ...plainRequest(sql), access }, ({ rows }) => {
      open = rows;
    });
    if (open !== undefined)
      return tableAnswer(etagOf("rows", sql, request.user), open.count, pageOfRows(selectedRows(open, tree), page));
  }
  const wanted = Math.min(page.maxResults ?? MOST_ROWS, MOST_ROWS);
  const rows = await service.jobs.rows({ dataset: ref.dataset, name: ref.table }, columns, page.start, wanted);
  const etag = etagOf("rows", tableId(ref), service.times.get(tableId(ref)));
  return tableAnswer(etag, total, pageOfRows(selectedRows(rows, tree), page, page.start, total));
}

function tableAnswer(etag: string, total: number, page: ReturnType<typeof pageOfRows>) {
  const token = page.pageToken === undefined ? {} : { pageToken: page.pageToken };
  return withRows({ kind: "bigquery#tableDataList", etag, totalRows: String(total), ...token }, page);
}

interface RowErrors {
  readonly index: number;
  readonly errors: readonly {
    readonly reason: string;
    readonly location: string;
    readonly debugInfo: string;
    readonly message: string;
  }[];
}

async function insertAll(service: JobService, request: ApiRequest) {
  const { rows, skipInvalidRows, ignoreUnknownValues, templateSuffix } = checked(insertRequest, request.body);
  if (rows.length === 0) throw new ApiError("invalid", "No rows present in the request.");
  if (rows.length > MOST_STREAMED)
    throw new ApiError(
      "invalid",
      `Too many rows present in the request, limit: ${MOST_STREAMED} row count: ${rows.length}.`,
    );
  const { base, id: partitionId } = withoutDecorator(tableRef(request));
  const given = templateSuffix ? await tableLike(service, base, templateSuffix) : base;
  const relation = await requireRelation(service, given);
  const partition = partitionId === undefined ? undefined : partitionOf(service.store, given, relation, partitionId);
  if (relation.kind === "view") throw new ApiError("invalid", `Cannot add rows to a table of type VIEW.`);
  if (externalOf(service, tableId(given)) !== undefined)
    throw new ApiError("invalid", `Cannot add rows to a table of type EXTERNAL.`);
  if (relation.columns.length === 0) throw new ApiError("invalid", "The destination table has no schema.");
  const idOf = (insertId: string | null | undefined) => (insertId ? `${tableId(given)}|${insertId}` : undefined);
  const all = rows.flatMap(({ insertId }) => idOf(insertId) ?? []);
  // From here to where its rows are on their way nobody else gets a turn.
  for (let busy = service.insertIds.pending(all); busy; busy = service.insertIds.pending(all)) await busy;
  const accepted: RowObject[] = [];
  const errors: RowErrors[] = [];
  const ids: string[] = [];
  const options = {
    ignoreUnknown: ignoreUnknownValues === true,
    required: requiredPaths(tableFields(service, given, relation)),
  };
  for (const [index, { json, insertId }] of rows.entries()) {
    const id = idOf(insertId);
    if (id !== undefined && (service.insertIds.has(id) || ids.includes(id))) continue;
    try {
      accepted.push(decodeRow(json ?? {}, relation.columns, options));
      if (id !== undefined) ids.push(id);
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      errors.push({
        index,
        errors: [{ reason: "invalid", location: cause.field, debugInfo: "", message: cause.message }],
      });
    }
  }
  const kind = "bigquery#tableDataInsertAllResponse";
  if (errors.length > 0 && skipInvalidRows !== true) {
    const failed = new Set(errors.map(({ index }) => index));
    const stopped = rows.flatMap((_, index) =>
      failed.has(index) ? [] : [{ index, errors: [{ reason: "stopped", location: "", debugInfo: "", message: "" }] }],
    );
    return { kind, insertErrors: [...errors, ...stopped].sort((a, b) => a.index - b.index) };
  }
  if (accepted.length > 0) {
    await service.insertIds.write(ids, () => append(service, given, { rows: accepted, ids, partition }));
    const bytes = bytesOfRows({ columns: relation.columns, rows: accepted.length });
    service.buffer.add(tableId(given), accepted.length, bytes, true);
  }
  return errors.length === 0 ? { kind } : { kind, insertErrors: errors };
}

/** The table of the name and a suffix; it is made as the one of the name is, where it is not there. */
async function tableLike(service: JobService, template: TableRef, suffix: string): Promise<TableRef> {
  const ref = { ...template, table: `${template.table}${suffix}` };
  if ((await findRelation(service, ref)) !== undefined) return ref;
  const { schema, clustering, ...kept } = tableResource(
    service,
    template,
    await requireRelation(service, template),
  ) as TableResource & Pick<TableChange, "clustering" | "timePartitioning" | "rangePartitioning">;
  const { timePartitioning, rangePartitioning } = kept;
  try {
    await createTable(service, ref, { schema, clustering, timePartitioning, rangePartitioning });
  } catch (cause) {
    // Somebody else has made it in between.
    if ((cause as { reason?: string }).reason !== "duplicate") throw cause;
  }
  return ref;
}

async function append(
  service: JobService,
  ref: TableRef,
  {
    rows,
    ids,
    partition,
  }: {
    readonly rows: readonly RowObject[];
    readonly ids: readonly string[];
    readonly partition: TablePartition | undefined;
  },
): Promise<void> {
  try {
    await service.jobs.write({
      table: { dataset: ref.dataset, name: ref.table },
      columns: [...new Set(rows.flatMap(Object.keys))],
      fillsDefaults: true,
      rows,
      create: undefined,
      truncate: false,
      partition,
      once: service.insertIds.markOf(ids),
      signal: new AbortController().signal,
    });
  } catch (cause) {
    if (cause instanceof JobError && cause.reason === "invalidQuery") throw new ApiError("invalid", cause.message);
    throw cause;
  }
  service.times.touch(tableId(ref));
}
