import { requireAllRows } from "../catalog/row-access.js";
import { ApiError } from "../protocol/errors.js";
import type { ExtractConfiguration } from "../requests/configuration.js";
import { targetFile } from "./buckets.js";
import { refOf } from "./destination.js";
import { writeText } from "./extract-text.js";
import type { Job, JobOutcome } from "./job.js";
import type { JobService } from "./service.js";
import { readSource, sourceTable } from "./source-table.js";

/** Writes a table to a file of the folder that stands for all buckets. */
export async function runExtract(service: JobService, job: Job, extract: ExtractConfiguration): Promise<JobOutcome> {
  const ref = refOf(extract.sourceTable, job.reference.projectId);
  const source = await sourceTable(service, ref);
  requireAllRows(service, source.base, job.user);
  const [uri] = extract.destinationUris ?? (extract.destinationUri ? [extract.destinationUri] : []);
  if (uri === undefined)
    throw new ApiError(
      "required",
      "Required parameter is missing: destinationUris",
      "configuration.extract.destinationUris",
    );
  const format = (extract.destinationFormat ?? "CSV").toUpperCase();
  if (source.partition !== undefined && format === "PARQUET")
    throw new ApiError("invalid", "A partition is not extracted to Parquet by the embedded engine: export a query");
  const path = targetFile(service.bucketDir, uri);
  if (format === "PARQUET") await service.jobs.writeParquet(source.id, path);
  else if (format === "CSV" || format === "NEWLINE_DELIMITED_JSON") {
    const rows = await readSource(service, source);
    const compression = (extract.compression ?? "NONE").toUpperCase();
    const { fieldDelimiter, printHeader } = extract;
    await writeText(path, rows, { format, compression, fieldDelimiter, printHeader: printHeader !== false });
  } else throw new ApiError("invalid", `Destination format ${format} is not supported by the embedded engine`);
  return { statistics: { extract: { destinationUriFileCounts: ["1"], inputBytes: "0" } } };
}
