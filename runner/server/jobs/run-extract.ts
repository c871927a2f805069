import { bytesOfRows } from "../catalog/bytes.js";
import { requireAllRows } from "../catalog/row-access.js";
import { ApiError } from "../protocol/errors.js";
import type { ExtractConfiguration } from "../requests/configuration.js";
import { keepResult } from "./anonymous.js";
import { targetFile } from "./buckets.js";
import { refOf } from "./destination.js";
import { writeAvro } from "./extract-avro.js";
import { compressionOf, formatOfFiles, parquetCodec } from "./extract-form.js";
import { writeText } from "./extract-text.js";
import type { Job, JobOutcome } from "./job.js";
import type { JobService } from "./service.js";
import { readSource, sourceTable } from "./source-table.js";

/** Writes a table to a file of the folder that stands for all buckets. */
export async function runExtract(service: JobService, job: Job, extract: ExtractConfiguration): Promise<JobOutcome> {
  const ref = refOf(extract.sourceTable, job.reference.projectId);
  await keepResult(service, ref);
  const source = await sourceTable(service, ref);
  requireAllRows(service, source.base, job.user);
  const uris = extract.destinationUris ?? (extract.destinationUri ? [extract.destinationUri] : []);
  const [uri, ...others] = uris;
  if (uri === undefined)
    throw new ApiError(
      "required",
      "Required parameter is missing: destinationUris",
      "configuration.extract.destinationUris",
    );
  for (const one of uris) requireStars(one, others.length > 0);
  const format = formatOfFiles(extract.destinationFormat || "CSV");
  const compression = compressionOf(format, extract.compression ?? "NONE");
  const path = targetFile(service.bucketDir, uri);
  if (format === "PARQUET") {
    const { id: table, partition } = source;
    const columns = source.columns.map(({ name }) => name);
    await service.jobs.writeParquet({ table, columns, partition, codec: parquetCodec(compression) }, path);
  } else {
    const rows = await readSource(service, source);
    const { fieldDelimiter, printHeader, useAvroLogicalTypes } = extract;
    if (format === "AVRO") {
      const [relation] = await service.jobs.relations(source.id.dataset, source.id.name);
      const times = useAvroLogicalTypes === true ? "logical" : "texts";
      await writeAvro(path, rows, { compression, times, required: relation?.required ?? new Set() });
    } else await writeText(path, rows, { format, compression, fieldDelimiter, printHeader: printHeader !== false });
  }
  // One file holds it all.
  const destinationUriFileCounts = uris.map((one) => (one === uri ? "1" : "0"));
  return { statistics: { extract: { destinationUriFileCounts, inputBytes: String(bytesOfRows(source)) } } };
}

/** https://cloud.google.com/bigquery/docs/exporting-data#exporting_data_into_one_or_more_files */
function requireStars(uri: string, isOneOfSeveral: boolean): void {
  const stars = uri.split("*").length - 1;
  if (stars > 1 || (isOneOfSeveral && stars === 0))
    throw new ApiError(
      "invalid",
      `Invalid extract destination URI ${uri}: it must have ${isOneOfSeveral ? "" : "at most "}one wildcard`,
      "configuration.extract.destinationUris",
    );
}
