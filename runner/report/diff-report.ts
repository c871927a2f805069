import type { ColumnChange, Distribution, SampleRow, TableDiff } from "../diff/table-diff.js";
import { markdownCell, markdownCode, markdownDetails, markdownTable } from "./markdown.js";
import { type Colors, count, foldRows, plainLine, plural, wrapLine } from "./text.js";

export const DIFF_FORMATS = ["text", "json", "markdown"] as const;

/** What the two sides of a comparison are called. */
export interface DiffSides {
  readonly before: string;
  readonly after: string;
}

/** The JSON document of `diff --json`. */
export function diffJson(diffs: readonly TableDiff[], sides: DiffSides): object {
  return {
    equal: diffs.every(({ status }) => status === "equal"),
    before: sides.before,
    after: sides.after,
    models: diffs.map(({ key, type, status, by, notes, columns, rows, changes, samples }) => ({
      name: key,
      type,
      status,
      key: by.columns,
      key_from: by.from,
      notes,
      columns,
      rows,
      changes: changes.map((change) => ({
        column: change.column,
        rows: change.rows,
        before: distributionJson(change.before),
        after: distributionJson(change.after),
      })),
      samples,
    })),
  };
}

function distributionJson({ nulls, distinct, min, max, mean, top }: Distribution): object {
  return { nulls, distinct: distinct ?? null, min: min ?? null, max: max ?? null, mean: mean ?? null, top };
}

const NOTHING = "No row would change: what is asked for is what a run would make.";

/** The comparison for a person: what differs first, then in a line what does not. */
export function diffLines(
  diffs: readonly TableDiff[],
  sides: DiffSides,
  { width, colors }: { readonly width: number; readonly colors: Colors },
): string[] {
  if (diffs.length === 0) return [NOTHING];
  const different = diffs.filter(({ status }) => status !== "equal");
  const equal = diffs.filter(({ status }) => status === "equal");
  const told = different.flatMap((diff) => [...modelLines(diff, sides, width, colors), ""]);
  const noted = equal.flatMap(({ key, notes }) => notes.map((note) => `${key}: ${note}`));
  const names = equal.map(({ key }) => key).join(", ");
  const same =
    equal.length === 0
      ? []
      : [`${colors.green("equal")}  ${equal.length > 10 ? plural(equal.length, "relation") : names}`];
  const sum = `${plural(diffs.length, "relation")} compared, ${different.length === 0 ? "no row differs" : `${different.length} ${different.length === 1 ? "differs" : "differ"}`}`;
  return [...told, ...[...noted, ...same, sum].flatMap((line) => wrapLine(line, width, 7))];
}

function modelLines(diff: TableDiff, sides: DiffSides, width: number, colors: Colors): string[] {
  const { key, by, rows, notes, status } = diff;
  const how = by.columns.length === 0 ? "by whole rows" : `by ${by.columns.join(", ")}`;
  const head = `${colors.bold(key)}  ${status === "different" ? how : status}`;
  const counted =
    status === "new"
      ? `${plural(rows.after, "row")}, not ${sides.before} yet`
      : status === "gone"
        ? `${plural(rows.before, "row")} ${sides.before}, none ${sides.after}`
        : [
            `${count(rows.before)} ${sides.before}, ${count(rows.after)} ${sides.after}:`,
            `${colors.green(`${count(rows.added)} added`)},`,
            `${colors.red(`${count(rows.removed)} removed`)},`,
            by.columns.length === 0 ? "" : `${colors.yellow(`${count(rows.changed)} changed`)},`,
            `${count(rows.unchanged)} unchanged`,
          ]
            .filter((part) => part !== "")
            .join(" ");
  const facts = [
    { cells: ["  rows"], tail: counted },
    ...columnFacts(diff, colors).map((tail, index) => ({ cells: [index === 0 ? "  columns" : ""], tail })),
    ...notes.map((tail) => ({ cells: ["  note"], tail })),
  ];
  const changes = diff.changes.map((change) => ({
    cells: [`    ${change.column}`, `${count(change.rows)} ${share(change.rows, rows.after)}`],
    tail: changeText(change),
  }));
  return [
    ...wrapLine(head, width, 2),
    ...foldRows(facts, width, 11),
    ...(changes.length === 0 ? [] : ["  values that changed, in rows of both sides", ...foldRows(changes, width, 8)]),
    ...sampleLines(diff, width, colors),
  ];
}

function columnFacts({ columns }: TableDiff, colors: Colors): string[] {
  return [
    ...columns.added.map(({ name, type }) => colors.green(`+ ${name} ${type}`)),
    ...columns.removed.map(({ name, type }) => colors.red(`- ${name} ${type}`)),
    ...columns.retyped.map(({ name, before, after }) => colors.yellow(`~ ${name} ${before} -> ${after}`)),
  ];
}

/** `mean 10.2 -> 10.3, max 50 -> 51, 3 -> 0 NULL`: what moved of a column's values. */
function changeText({ before, after }: ColumnChange): string {
  const moved = (name: string, was: string | undefined, is: string | undefined) =>
    was === is ? "" : `${name} ${shortened(was ?? "none")} -> ${shortened(is ?? "none")}`;
  const number = (value: number | undefined) => (value === undefined ? undefined : rounded(value));
  const top = (side: Distribution) =>
    side.top
      .slice(0, 3)
      .map(({ value, rows }) => `${shortened(value)} (${count(rows)})`)
      .join(", ");
  const parts = [
    moved("mean", number(before.mean), number(after.mean)),
    moved("min", before.min, after.min),
    moved("max", before.max, after.max),
    moved("NULL", count(before.nulls), count(after.nulls)),
    moved("distinct", number(before.distinct), number(after.distinct)),
    before.top.length + after.top.length === 0 || top(before) === top(after)
      ? ""
      : `most often ${top(before)} -> ${top(after)}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "as many of each" : parts.join(", ");
}

function sampleLines({ samples, rows }: TableDiff, width: number, colors: Colors): string[] {
  const changed = samples.changed.map(({ key, before, after }) => {
    const values = Object.keys(after).map((name) => `${name} ${shown(before[name])} -> ${shown(after[name])}`);
    return `    ${colors.yellow("~")} ${rowText(key)}: ${values.join(", ")}`;
  });
  const list = (sign: string, sample: readonly SampleRow[]) => sample.map((row) => `    ${sign} ${rowText(row)}`);
  const lines = [...changed, ...list(colors.green("+"), samples.added), ...list(colors.red("-"), samples.removed)];
  if (lines.length === 0) return [];
  const there = rows.added + rows.removed + rows.changed;
  const head = lines.length === there ? "  these rows" : `  for example, of ${plural(there, "row")}`;
  return [head, ...lines.flatMap((line) => wrapLine(line, width, 8))];
}

/** `a=1, b=x`; the first columns of a wide row. */
export function rowText(row: SampleRow): string {
  const values = Object.entries(row);
  const more = values.length > MOST_VALUES ? ", ..." : "";
  return `${values
    .slice(0, MOST_VALUES)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(", ")}${more}`;
}

const MOST_VALUES = 8;
const LONGEST_VALUE = 40;

/** A value on one line; a long one is cut. */
export function shown(value: string | null | undefined): string {
  return value === null || value === undefined ? "NULL" : shortened(value);
}

function shortened(value: string): string {
  const line = plainLine(value);
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}...` : line;
}

function rounded(value: number): string {
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(5)));
}

function share(part: number, whole: number): string {
  if (whole === 0) return "";
  const percent = (100 * part) / whole;
  return `(${percent > 0 && percent < 0.1 ? "< 0.1" : percent.toFixed(percent < 10 ? 1 : 0)} %)`;
}

/** The comparison as a comment on a pull request. */
export function diffMarkdown(diffs: readonly TableDiff[], sides: DiffSides): string[] {
  const different = diffs.filter(({ status }) => status !== "equal");
  const rows = different.map(({ key, status, rows: number, columns }) => [
    markdownCode(key),
    count(number.before),
    count(number.after),
    count(number.added),
    count(number.removed),
    status === "different" ? count(number.changed) : status,
    markdownCell(
      [
        ...columns.added.map(({ name }) => `+${name}`),
        ...columns.removed.map(({ name }) => `-${name}`),
        ...columns.retyped.map(({ name }) => `~${name}`),
      ].join(", "),
    ),
  ]);
  const header = ["relation", sides.before, sides.after, "added", "removed", "changed", "columns"];
  const equal = diffs.length - different.length;
  if (diffs.length === 0) return ["### fastbreak diff: no row differs", "", NOTHING];
  return [
    `### fastbreak diff: ${different.length === 0 ? "no row differs" : `${different.length} of ${plural(diffs.length, "relation")} ${different.length === 1 ? "differs" : "differ"}`}`,
    "",
    ...(rows.length === 0 ? [] : [...markdownTable(header, rows, new Set([1, 2, 3, 4, 5])), ""]),
    ...(equal === 0 ? [] : [`${plural(equal, "relation")} equal.`, ""]),
    ...different.flatMap(modelDetails),
  ];
}

function modelDetails(diff: TableDiff): string[] {
  const { key, rows, samples, changes, notes } = diff;
  const columns = changes.map((change) => [
    markdownCode(change.column),
    count(change.rows),
    share(change.rows, rows.after).replace(/[()]/g, ""),
    markdownCell(changeText(change).replaceAll(" -> ", " → ")),
  ]);
  const examples = [
    ...samples.changed.map(({ key: id, before, after }) => {
      const values = Object.keys(after).map((name) => `${name} ${shown(before[name])} → ${shown(after[name])}`);
      return `- changed ${markdownCell(`${rowText(id)}: ${values.join(", ")}`)}`;
    }),
    ...samples.added.map((row) => `- added ${markdownCell(rowText(row))}`),
    ...samples.removed.map((row) => `- removed ${markdownCell(rowText(row))}`),
  ];
  const lines = [
    ...notes.map((note) => `${markdownCell(note)}\n`),
    ...(columns.length === 0
      ? []
      : [...markdownTable(["column", "rows", "share", "values"], columns, new Set([1, 2])), ""]),
    ...examples,
  ];
  return lines.length === 0 ? [] : [...markdownDetails(markdownCell(key), lines), ""];
}
