import type { JobRows } from "../../port/sql-jobs.js";
import type { ApiRequest } from "../http/request.js";
import { ApiError } from "../protocol/errors.js";
import { pageToken, startOfPage } from "../protocol/page-token.js";
import { encodeRow, type Row, type ValueFormat } from "../values/encode.js";
import { isTrue, wholeNumber } from "./list-limits.js";

/** The service answers with at most so many bytes of rows. */
const MOST_BYTES = 10 * 1024 * 1024;
/** Rows that are encoded before their size is looked at. */
const ROWS_AT_ONCE = 500;
const MOST_ROWS = 100_000;

export interface PageRequest {
  readonly start: number;
  readonly maxResults: number | undefined;
  readonly format: ValueFormat;
}

/** Which rows a client asks for, and how it wants their timestamps. */
export function pageRequest({ query }: ApiRequest): PageRequest {
  const start = query.pageToken ? startOfPage(query.pageToken) : (wholeNumber("startIndex", query.startIndex) ?? 0);
  return {
    start,
    maxResults: wholeNumber("maxResults", query.maxResults),
    format: valueFormat(isTrue(query["formatOptions.useInt64Timestamp"]), query["formatOptions.timestampOutputFormat"]),
  };
}

export function valueFormat(useInt64Timestamp: boolean, output: string | null | undefined): ValueFormat {
  if (output === "ISO8601_STRING" || output === "INT64" || output === "FLOAT64") return { timestamp: output };
  if (output && output !== "TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED")
    throw new ApiError("invalid", `Invalid value for formatOptions.timestampOutputFormat: ${output}`);
  return { timestamp: useInt64Timestamp ? "INT64" : "FLOAT64" };
}

export interface Page {
  /** Each row as JSON. */
  readonly rows: readonly string[];
  readonly pageToken: string | undefined;
}

/**
 * Rows of a result up to what a client asks for and what fits one answer.
 * @param total how many rows there are, where `rows` holds only those from `offset` on
 */
export function pageOfRows(
  rows: JobRows,
  { start, maxResults, format }: PageRequest,
  offset = 0,
  total = rows.count,
): Page {
  const wanted = Math.min(maxResults ?? MOST_ROWS, MOST_ROWS, Math.max(0, total - start));
  const texts: string[] = [];
  let bytes = 0;
  while (texts.length < wanted && bytes < MOST_BYTES) {
    const some = rows.read(start - offset + texts.length, Math.min(ROWS_AT_ONCE, wanted - texts.length));
    if (some.length === 0) break;
    for (const row of some) {
      const text = JSON.stringify(encodeRow(row, rows.columns, format) satisfies Row);
      bytes += text.length;
      texts.push(text);
    }
  }
  const end = start + texts.length;
  return { rows: texts, pageToken: end < total ? pageToken(end) : undefined };
}

/** An answer with rows, whose texts are not parsed again. */
export function withRows(answer: Readonly<Record<string, unknown>>, { rows }: Page): Buffer {
  const head = JSON.stringify(answer);
  if (rows.length === 0) return Buffer.from(head);
  return Buffer.from(`${head.slice(0, -1)},"rows":[${rows.join(",")}]}`);
}
