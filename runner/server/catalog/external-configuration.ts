import * as v from "valibot";
import { count, flag } from "../protocol/validate.js";
import { tableSchema } from "./fields.js";

const csvText = v.union([v.string(), v.pipe(v.number(), v.transform(String))]);

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
  csvOptions: v.nullish(
    v.looseObject({
      fieldDelimiter: v.nullish(csvText),
      skipLeadingRows: v.nullish(count),
      quote: v.nullish(v.string()),
      allowQuotedNewlines: v.nullish(flag),
      allowJaggedRows: v.nullish(flag),
      encoding: v.nullish(v.string()),
      nullMarker: v.nullish(v.string()),
    }),
  ),
  avroOptions: v.nullish(v.looseObject({ useAvroLogicalTypes: v.nullish(flag) })),
  hivePartitioningOptions: v.nullish(v.looseObject({})),
});

export type ExternalConfiguration = v.InferOutput<typeof externalConfiguration>;
