import { statSync } from "node:fs";
import type { RowObject } from "../../port/port.js";
import type { ChangeMark, RelationDetails } from "../../port/sql-jobs.js";
import { isSameName } from "../../port/sql-types.js";
import { defaultExpiration } from "../catalog/expiration-defaults.js";
import { keptPartitioning } from "../catalog/layout.js";
import { layoutOfTable, requireSameLayout } from "../catalog/layout-spec.js";
import { asInTable, requiredPaths } from "../catalog/schema-update.js";
import { collationsOf } from "../catalog/service.js";
import { creation, deleteTable, schemaMismatch } from "../catalog/table-changes.js";
import { tableFields, tableId } from "../catalog/tables.js";
import { BadRows } from "../load/bad-rows.js";
import { pathPartitions } from "../load/path-partitions.js";
import type { Kept } from "../metadata/store.js";
import { ApiError } from "../protocol/errors.js";
import { columnsOfFields, type FieldSchema } from "../protocol/schema.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { bucketUri, sourceFiles } from "./buckets.js";
import { fitFields, keepFields, openPartition, openTarget, refOf, requireUpdatable } from "./destination.js";
import { fileRows } from "./file-rows.js";
import type { Job, JobOutcome } from "./job.js";
import { requireKnownOptions } from "./load-options.js";
import { describeSource, formatOf, isSelfDescribing } from "./load-source.js";
import { rowsWithinLimits } from "./rows-within-limits.js";
import type { JobService } from "./service.js";

/** A load job. */
export async function runLoad(service: JobService, job: Job, given: LoadConfiguration): Promise<JobOutcome> {
  const { media, signal } = job;
  const { projectId: project } = job.reference;
  const { files, bytes, rows, bad } = await loadFiles(service, given, {
    project,
    media,
    signal,
    once: service.markOf(job),
  });
  return {
    statistics: {
      load: {
        inputFiles: String(files),
        inputFileBytes: String(bytes),
        outputRows: String(rows),
        outputBytes: String(bytes),
        badRecords: String(bad.length),
      },
    },
    warnings: bad,
  };
}

/** For whom files are loaded. */
export interface LoadOrder {
  readonly project: string;
  /** The file that came with the job. */
  readonly media?: string | undefined;
  readonly signal: AbortSignal;
  /** Is kept with the rows. */
  readonly once: ChangeMark | undefined;
  /** What is kept of a table that is made, besides what the configuration says. */
  readonly kept?: Kept;
}

/** Loads files into a table: all of their rows, or none. */
export async function loadFiles(service: JobService, given: LoadConfiguration, order: LoadOrder) {
  requireKnownOptions(given);
  requireUpdatable(given, given.schemaUpdateOptions, "WRITE_APPEND", given.destinationTable);
  const format = formatOf(given);
  const files = filesOf(service, order.media, given);
  const target = await openTarget(service, refOf(given.destinationTable, order.project), given, "WRITE_APPEND");
  const { ref, write } = target;
  // A table that has no columns yet gets those of the load.
  const isBare = target.existing?.columns.length === 0;
  const load = target.existing === undefined ? given : withLayoutOf(service, ref, target.existing, given);
  const paths = pathsOf(service, load, files);
  // Columns that are found out are those of a table that is replaced, whatever it had.
  const isFound = write === "replace" && target.partitionId === undefined && load.autodetect === true;
  const known = isBare || isFound ? undefined : target.existing && tableFields(service, ref, target.existing);
  const inFiles = (field: FieldSchema) => !paths.fields.some(({ name }) => isSameName(name, field.name));
  const found = await describeSource(service, load, format, files, known?.filter(inFiles));
  const source = { ...found, fields: [...found.fields.filter(inFiles), ...paths.fields] };
  const { timePartitioning, rangePartitioning, clustering } = load;
  if (target.existing !== undefined && !isBare)
    requireSameLayout(layoutOfTable(service.store, tableId(ref), target.existing), given);
  const defaultCollation = collationsOf(service)(ref.dataset) ? "und:ci" : undefined;
  const layout = { timePartitioning, rangePartitioning, clustering };
  const said = { schema: { fields: [...source.fields] }, defaultCollation, ...layout };
  const part = await openPartition(service, target, said);
  const existing = target.existing ?? part?.table;
  const replaces =
    existing === undefined ||
    isBare ||
    (part === undefined &&
      write === "replace" &&
      (load.schema !== undefined || load.autodetect === true || isSelfDescribing(format)));
  const update = replaces
    ? undefined
    : fitFields(service, ref, existing, source.fields, {
        mismatch: schemaMismatch(ref),
        mayTighten: source.isOwn,
        options: load.schemaUpdateOptions,
      });
  const columns = columnsOfFields(update === undefined ? source.fields : asInTable(source.fields, update.fields));
  const bad = new BadRows(load.maxBadRecords ?? 0);
  const required = requiredPaths(update?.fields ?? source.fields);
  const own = columns.filter(({ name }) => !paths.fields.some((field) => isSameName(field.name, name)));
  const read = partitionedRows(files, paths, (some) =>
    fileRows(service, { load, format, files: some, source: found, columns: own, required, bad }),
  );
  const rows = rowsWithinLimits(read, columns, bad);
  const writing = service.jobs.write({
    table: { dataset: ref.dataset, name: ref.table },
    columns: columns.map(({ name }) => name),
    rows,
    create: replaces ? creation(ref, said, "OR REPLACE ") : undefined,
    changes: update?.changes,
    partition: part?.partition,
    truncate: write !== "append",
    once: order.once,
    signal: order.signal,
  });
  const written = await writing.catch(async (cause: unknown) => {
    // The table was made for the partition alone.
    if (part !== undefined && target.existing === undefined) await deleteTable(service, ref);
    throw cause;
  });
  await keepFields(service, ref, update);
  const made = { replaces, isNew: existing === undefined, kept: order.kept };
  await keepWhatIsSaid(service, ref, load, made);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return { files: files.length, bytes, rows: written, bad: bad.errors };
}

/** The columns that the paths of the files tell, and their values by file. */
interface Paths {
  readonly fields: readonly FieldSchema[];
  readonly valuesOf: ((file: string) => RowObject) | undefined;
}

function pathsOf({ bucketDir }: JobService, load: LoadConfiguration, files: readonly string[]): Paths {
  const { hivePartitioningOptions: given } = load;
  if (!given) return { fields: [], valuesOf: undefined };
  const uriOf = (file: string) => {
    const uri = bucketUri(bucketDir, file);
    if (uri !== undefined) return uri;
    const place = "configuration.load.hivePartitioningOptions";
    throw new ApiError("invalid", `${place} are for files of gs:// alone`, place);
  };
  const { fields, valuesOf } = pathPartitions(given, files.map(uriOf));
  return { fields, valuesOf: (file) => valuesOf(uriOf(file)) };
}

async function* partitionedRows(
  files: readonly string[],
  { valuesOf }: Paths,
  rowsOf: (files: readonly string[]) => AsyncGenerator<RowObject>,
): AsyncGenerator<RowObject> {
  if (valuesOf === undefined) yield* rowsOf(files);
  else
    for (const file of files) {
      const values = valuesOf(file);
      for await (const row of rowsOf([file])) yield { ...row, ...values };
    }
}

/** A load with the layout of its table, where it says none: a table that is replaced keeps it. */
function withLayoutOf(
  { store }: JobService,
  ref: ReturnType<typeof refOf>,
  existing: RelationDetails,
  load: LoadConfiguration,
): LoadConfiguration {
  const { timePartitioning, rangePartitioning, clustering } = layoutOfTable(store, tableId(ref), existing);
  const isSaid = load.timePartitioning || load.rangePartitioning;
  // Clusters of a table without columns stand in what is kept of it alone.
  const clusters = load.clustering ?? clustering ?? store.get("table", tableId(ref)).clustering;
  const known = { ...(isSaid ? {} : { timePartitioning, rangePartitioning }), clustering: clusters };
  return { ...load, ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value)) as LoadConfiguration) };
}

/** What a load has made of its table. */
interface MadeTable {
  readonly replaces: boolean;
  readonly isNew: boolean;
  readonly kept: Kept | undefined;
}

async function keepWhatIsSaid(
  service: JobService,
  ref: ReturnType<typeof refOf>,
  load: LoadConfiguration,
  { replaces, isNew, kept: more }: MadeTable,
): Promise<void> {
  const { store, times, clock } = service;
  const id = tableId(ref);
  if (replaces || load.writeDisposition?.startsWith("WRITE_TRUNCATE") === true) service.buffer.forget(id);
  if (isNew) times.made(id);
  else times.touch(id);
  const { schema, destinationTableProperties } = load;
  const about = { ...keptPartitioning(load), schema, ...destinationTableProperties, ...more };
  const said = Object.entries(about).filter(([, value]) => value);
  const kept = Object.fromEntries(said);
  const expiration = isNew ? await defaultExpiration(service, ref.dataset, ref.table, kept) : {};
  if (replaces && (said.length > 0 || Object.keys(expiration).length > 0))
    await store.set("table", id, {
      ...(isNew ? { created: clock.now() } : store.get("table", id)),
      ...kept,
      ...expiration,
    });
}

function filesOf(
  { bucketDir }: JobService,
  media: string | undefined,
  { sourceUris }: LoadConfiguration,
): readonly string[] {
  if (media !== undefined) return [media];
  const uris = sourceUris ?? [];
  if (uris.length === 0)
    throw new ApiError(
      "required",
      "Load configuration must specify at least one source URI",
      "configuration.load.sourceUris",
    );
  return uris.flatMap((uri) => sourceFiles(bucketDir, uri));
}
