import type { ColumnRef, ModelType, PageData, PageLayout, PageModel } from "../runner/report/page/page-data.js";

/** What could do harm where a text is taken for something else. */
const HOSTILE: readonly string[] = [
  "</script><script>globalThis.harm = 1</script>",
  "<img src=x onerror=globalThis.harm=1>",
  '"><svg onload=globalThis.harm=1>',
  "'-globalThis.harm=1-'",
  "javascript:globalThis.harm=1",
  "<!--<script>",
  "]]>",
  "&lt;script&gt;globalThis.harm=1&lt;/script&gt;",
  "\u202Egnirts\u202C",
  "\u200F\u2067rtl\u2069",
  "\u0000\u0001\u0007\u001B[31mred\u001B[0m",
  "line\nbreak\u2028\u2029\ttab",
  "#/model/../%2e%2e/%00",
  "%E0%A4%A",
  "${globalThis.harm=1}",
  "{{constructor.constructor('globalThis.harm=1')()}}",
  "\uD800 alone",
  "e\u0301\u0301\u0301 \u{1F3C0}\u200D\u{1F525}",
  "__proto__",
  "constructor",
];

/** A hostile text that nobody else has. */
export function hostile(number: number): string {
  return `${HOSTILE[number % HOSTILE.length]}${number}`;
}

/** A project of many models in layers, each with columns, a history and SQL of a usual size. */
export function madeUpProject(
  models: number,
  nameOf: (number: number) => string = (number) => `analytics.model_${number}`,
  textOf: (number: number) => string = (number) => `text ${number}`,
): PageData {
  const all = Array.from({ length: models }, (_, place) => madeUpModel(place, nameOf, textOf));
  const startedAt = "2024-03-01T04:00:00.000Z";
  return {
    version: "0.0.0",
    project: textOf(1),
    engine: "duckdb",
    warehouse: textOf(2),
    createdAt: startedAt,
    window: null,
    models: all,
    layout: gridOf(all),
    runs: [0, 1].map((run) => ({
      id: textOf(100 + run),
      command: "run",
      startedAt,
      durationMs: 60_000,
      status: run === 0 ? "failed" : "success",
      window: "2024-02-01..2024-02-29",
      totals: { run: 10, failed: 1, rows_written: 1000 },
      actions: all.slice(0, 300).map(({ key }, place) => ({
        model: place,
        key,
        status: place % 7 === 0 ? "failed" : "success",
        startMs: place * 100,
        durationMs: 900,
        rowsWritten: place,
        reason: "inputs_changed",
        error: place % 7 === 0 ? textOf(place) : "",
      })),
      skipped: 3,
      savedMs: 5000,
    })),
    reports: [
      {
        name: textOf(3),
        description: textOf(4),
        error: "",
        rows: {
          columns: [
            ["day", "DATE"],
            [textOf(5), "STRING"],
            [textOf(6), "INT64"],
          ],
          rows: Array.from({ length: 40 }, (_, row) => [`2024-02-${10 + (row % 20)}`, textOf(row % 2), row]),
          total: 50,
        },
      },
      { name: textOf(7), description: textOf(8), error: textOf(9), rows: null },
    ],
    notes: [textOf(10)],
  };
}

/** Columns of twenty, in the order of the models: placing so many well takes longer than a test may. */
function gridOf(models: readonly PageModel[]): PageLayout {
  const at = (place: number) => [150 + 300 * Math.floor(place / 20), 40 + 60 * (place % 20)] as const;
  return {
    width: 300 + 15 * models.length,
    height: 1240,
    nodes: models.map((_, place) => [place, ...at(place)]),
    edges: models.flatMap(({ reads }, reader) =>
      reads.map((read) => [reader, read, ...at(read), ...at(reader)] as const),
    ),
  };
}

const TYPES: readonly ModelType[] = ["incremental", "view", "table"];

function madeUpModel(place: number, nameOf: (number: number) => string, textOf: (number: number) => string): PageModel {
  const reads = place < 20 ? [] : [...new Set([place - 20, place - 7, place - 3])];
  const from = (column: number): ColumnRef[] => reads.map((read) => [read, column] as const);
  const hash = "abcdef0123456789".repeat(3);
  return {
    key: nameOf(place),
    type: place < 20 ? "source" : (TYPES[place % 3] as ModelType),
    file: `definitions/${place}.sqlx`,
    description: textOf(place),
    tags: [textOf(place % 5)],
    reads,
    parent: null,
    layout: [["Partitioned by", "day"]],
    texts: [
      { title: textOf(place), text: sqlOf(place, textOf) },
      { title: "Compiled", text: sqlOf(place, textOf).repeat(2) },
    ],
    columns: Array.from({ length: 20 }, (_, column) => ({
      name: `${textOf(column)}`,
      type: "STRUCT<a INT64, b STRING>",
      description: textOf(place + column),
      values: from(column),
      conditions: column === 0 ? from(1) : [],
    })),
    rowsBy: from(2),
    unknown: "",
    rows: place * 1000,
    decisions:
      place < 20
        ? []
        : [
            {
              partitions: "2024-02-01..2024-02-29",
              decision: place % 3 === 0 ? "run" : "skip",
              reason: place % 3 === 0 ? "inputs_changed" : "unchanged",
              because: `in ${textOf(place)}`,
              lastBuild: { runId: textOf(place), at: "2024-02-29T04:00:00.000Z", rows: 10 },
              hashes: [{ what: textOf(place), recorded: `${hash}${place}`, now: `${hash}${place + 1}`, same: false }],
            },
          ],
    sample:
      place % 50 === 21 ? { columns: [[textOf(place), "STRING"]], rows: [[textOf(place)], [null]], total: 2 } : null,
  };
}

function sqlOf(place: number, textOf: (number: number) => string): string {
  const lines = Array.from(
    { length: 40 },
    (_, line) =>
      `  COUNTIF(column_${line} = '${textOf(place + line)}' AND day >= DATE '2024-01-${10 + (line % 20)}') AS total_${line}_${place},`,
  );
  return `SELECT day,\n${lines.join("\n")}\nFROM \`project.dataset.table_${place}\` -- ${textOf(place)}\nGROUP BY day\n`;
}
