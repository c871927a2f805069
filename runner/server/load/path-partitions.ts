import type { RowObject } from "../../port/port.js";
import { ApiError } from "../protocol/errors.js";
import { columnsOfFields, type FieldSchema } from "../protocol/schema.js";
import { decodeText } from "../values/decode.js";
import { detectText, unite } from "./detect.js";

/** How a job reads columns out of the paths of its files, `gs://b/t/day=2024-01-01/x.csv`. */
export interface PathPartitioning {
  readonly mode?: string | null | undefined;
  /** What stands before the columns; in the mode CUSTOM these follow, `gs://b/t/{day:DATE}`. */
  readonly sourceUriPrefix?: string | null | undefined;
}

/** Columns that paths tell, and their values in the rows of a file. */
export interface PathPartitions {
  readonly fields: readonly FieldSchema[];
  readonly valuesOf: (uri: string) => RowObject;
}

const WITHOUT_VALUE = "__HIVE_DEFAULT_PARTITION__";
const DETECTED: ReadonlySet<string> = new Set(["INTEGER", "DATE", "TIMESTAMP"]);

type Pairs = readonly (readonly [key: string, value: string])[];

/**
 * https://cloud.google.com/bigquery/docs/hive-partitioned-loads-gcs
 * @throws ApiError where the paths do not have the same columns, or values that do not fit them
 */
export function pathPartitions(given: PathPartitioning, uris: readonly string[]): PathPartitions {
  const { prefix, custom } = prefixOf(given, uris);
  const all = uris.map((uri) => pairsOf(uri, prefix));
  const [first = []] = all;
  for (const pairs of all)
    if (keysOf(pairs) !== keysOf(first))
      throw new ApiError(
        "invalid",
        `Incompatible partition schemas. Expected schema ([${keysOf(first)}]) has ${first.length} columns. Observed schema ([${keysOf(pairs)}]) has ${pairs.length} columns.`,
      );
  const said = new Map(custom.map((field) => [field.name.toLowerCase(), field]));
  const fields = first.map(([name], index): FieldSchema => {
    const own = said.get(name.toLowerCase());
    if (custom.length > 0 && own === undefined)
      throw new ApiError(
        "invalid",
        `Partition key ${name} is not one of those that are said: ${keysOf(custom.map(({ name: key }) => [key, ""]))}`,
      );
    if (own !== undefined) return own;
    const type =
      given.mode?.toUpperCase() === "STRINGS" ? "STRING" : detected(all.map((pairs) => pairs[index]?.[1] ?? ""));
    return { name, type, mode: "NULLABLE" };
  });
  const columns = columnsOfFields(fields);
  const valuesOf = (uri: string): RowObject =>
    Object.fromEntries(
      pairsOf(uri, prefix).map(([name, text], index) => {
        const column = columns[index];
        if (column === undefined || text === WITHOUT_VALUE) return [column?.name ?? name, null];
        const value = decodeText(text, column.type);
        if (value !== undefined) return [column.name, value];
        throw new ApiError("invalid", `Partition key ${name} of ${uri} is no ${fields[index]?.type}: ${text}`);
      }),
    );
  return { fields, valuesOf };
}

const keysOf = (pairs: Pairs): string => pairs.map(([key]) => key.toLowerCase()).join(", ");

function detected(values: readonly string[]): string {
  const said = values.filter((value) => value !== WITHOUT_VALUE);
  const type = said
    .map((value) => detectText(value))
    .reduce<string | undefined>((all, one) => unite(all as never, one), undefined);
  return type !== undefined && DETECTED.has(type) ? type : "STRING";
}

function prefixOf({ mode, sourceUriPrefix }: PathPartitioning, uris: readonly string[]) {
  const [first = ""] = uris;
  // Where nothing is said the columns begin where the first one does.
  const given = sourceUriPrefix ?? first.replace(/\/[^/=]+=.*$/, "");
  const prefix = given.replace(/\{.*$/, "").replace(/\/+$/, "");
  const custom = [...given.matchAll(/\{([^:{}]+):([^{}]+)\}/g)].map(
    ([, name = "", type = ""]): FieldSchema => ({ name: name.trim(), type: type.trim(), mode: "NULLABLE" }),
  );
  if (mode?.toUpperCase() === "CUSTOM" && custom.length === 0)
    throw new ApiError("invalid", "hivePartitioningOptions.sourceUriPrefix must have the columns in the mode CUSTOM");
  return { prefix, custom };
}

function pairsOf(uri: string, prefix: string): Pairs {
  if (!uri.startsWith(`${prefix}/`))
    throw new ApiError(
      "invalid",
      `The source URI ${uri} does not begin with hivePartitioningOptions.sourceUriPrefix ${prefix}`,
    );
  const folders = uri
    .slice(prefix.length + 1)
    .split("/")
    .slice(0, -1);
  return folders.map((folder) => {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(folder) ?? [];
    if (key === undefined || value === undefined)
      throw new ApiError(
        "invalid",
        `The folder ${folder} of ${uri} is no partition key with a value, as day=2024-01-01 is`,
      );
    return [key, decoded(value)] as const;
  });
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
