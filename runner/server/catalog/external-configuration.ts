import * as v from "valibot";
import { count, flag } from "../protocol/validate.js";
import { tableSchema } from "./fields.js";

const csvText = v.union([v.string(), v.pipe(v.number(), v.transform(String))]);

/** How the columns of CSV files find those of the table. */
export const sourceColumnMatch = v.picklist(["SOURCE_COLUMN_MATCH_UNSPECIFIED", "POSITION", "NAME"]);

/** How dates and times are written in files of text. https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_date_time_as_string */
export const textFormats = {
  timeZone: v.nullish(v.string()),
  dateFormat: v.nullish(v.string()),
  datetimeFormat: v.nullish(v.string()),
  timeFormat: v.nullish(v.string()),
  timestampFormat: v.nullish(v.string()),
};

/** Where the rows of a table are that is not in the warehouse. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#ExternalDataConfiguration */
export const externalConfiguration = v.looseObject({
  sourceFormat: v.string(),
  sourceUris: v.array(v.string()),
  schema: v.nullish(tableSchema),
  autodetect: v.nullish(flag),
  compression: v.nullish(v.string()),
  ignoreUnknownValues: v.nullish(flag),
  maxBadRecords: v.nullish(count),
  decimalTargetTypes: v.nullish(v.array(v.picklist(["NUMERIC", "BIGNUMERIC", "STRING"]))),
  ...textFormats,
  csvOptions: v.nullish(
    v.looseObject({
      fieldDelimiter: v.nullish(csvText),
      skipLeadingRows: v.nullish(count),
      quote: v.nullish(v.string()),
      allowQuotedNewlines: v.nullish(flag),
      allowJaggedRows: v.nullish(flag),
      encoding: v.nullish(v.string()),
      nullMarker: v.nullish(v.string()),
      nullMarkers: v.nullish(v.array(v.string())),
      preserveAsciiControlCharacters: v.nullish(flag),
      sourceColumnMatch: v.nullish(sourceColumnMatch),
    }),
  ),
  avroOptions: v.nullish(v.looseObject({ useAvroLogicalTypes: v.nullish(flag) })),
  hivePartitioningOptions: v.nullish(v.looseObject({})),
});

export type ExternalConfiguration = v.InferOutput<typeof externalConfiguration>;
