import { expect, it } from "vitest";
import { partitioningOf } from "./partitioning.js";

it.each([
  ["day", { timePartitioning: { type: "DAY", field: "day" } }],
  ["`größe`", { timePartitioning: { type: "DAY", field: "größe" } }],
  ["`my day`", { timePartitioning: { type: "DAY", field: "my day" } }],
  ["DATE(seen)", { timePartitioning: { type: "DAY", field: "seen" } }],
  ["timestamp_trunc(seen, /* hours */ hour)", { timePartitioning: { type: "HOUR", field: "seen" } }],
  ["_PARTITIONDATE", { timePartitioning: { type: "DAY" } }],
  ["TIMESTAMP_TRUNC(_PARTITIONTIME, MONTH)", { timePartitioning: { type: "MONTH" } }],
  [
    "RANGE_BUCKET(n, GENERATE_ARRAY(-10, 0x10, 5))",
    { rangePartitioning: { field: "n", range: { start: "-10", end: "16", interval: "5" } } },
  ],
  [
    "RANGE_BUCKET(n, GENERATE_ARRAY(0, 10))",
    { rangePartitioning: { field: "n", range: { start: "0", end: "10", interval: "1" } } },
  ],
])("reads PARTITION BY %s", (text, partitioning) => expect(partitioningOf(text)).toEqual(partitioning));

it.each([
  "DATE_TRUNC(day, WEEK)",
  "a.b",
  "EXTRACT(YEAR FROM day)",
  "DATE(seen, 'UTC')",
  "RANGE_BUCKET(n, [1, 2])",
  "a, b",
])("finds no partitioning in %s", (text) => expect(partitioningOf(text)).toBeUndefined());
