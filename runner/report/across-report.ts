import type { AcrossResult } from "../verify/across.js";
import type { RowSamples } from "../verify/row-samples.js";
import { rowText, shown } from "./diff-report.js";
import { bytesText, count, plural } from "./text.js";

/** What comparing with another engine has found, and what it took. */
export interface AcrossDocument {
  readonly results: readonly AcrossResult[];
  readonly bytes: number;
  readonly dollars: number;
  readonly billed: number;
}

/** Whether a relation is not the same on both sides. */
export function differsAcross({ problem, differences }: AcrossResult): boolean {
  return problem !== undefined || differences.length > 0;
}

/** More partitions of one relation are not listed. */
const MOST_PARTITIONS = 5;
/** More columns of one row are not shown. */
const MOST_COLUMNS = 4;

/** The comparison in lines for a terminal. */
export function acrossLines({ results, billed }: AcrossDocument, other: string): string[] {
  const wrong = results.filter(differsAcross);
  const lines = wrong.flatMap(({ key, problem, differences, samples, partitions }) => {
    if (problem !== undefined) return [`  ${key}  ${problem}`];
    const more = differences.length - MOST_PARTITIONS;
    return [
      `  ${key}  differs in ${count(differences.length)} of ${plural(partitions, "partition")}:`,
      ...differences.slice(0, MOST_PARTITIONS).map(({ partition, rows, otherRows }) => {
        const theirs = rows === otherRows ? "as many, not the same" : count(otherRows);
        return `    ${partition}  ${plural(rows, "row")} here, ${other} has ${theirs}`;
      }),
      ...(more > 0 ? [`    and ${plural(more, "partition")} more`] : []),
      ...sampleLines(samples, other),
    ];
  });
  for (const { key, note } of results) if (note !== undefined) lines.push(`  ${key}  ${note}`);
  const partitions = results.reduce((sum, result) => sum + result.partitions, 0);
  const models = results.filter(({ as }) => as === "model").length;
  const sources = results.length - models;
  const compared = `${plural(models, "model")}, ${plural(sources, "source")}, ${plural(partitions, "partition")}`;
  const verdict = wrong.length === 0 ? `the same here and on ${other}` : `${wrong.length} differ`;
  return [...lines, `${compared}: ${verdict} | ${bytesText(billed)} billed`];
}

function sampleLines(samples: RowSamples | undefined, other: string): string[] {
  if (samples === undefined) return [];
  return [
    ...samples.changed.map(({ key, here, there }) => {
      const names = Object.keys(here);
      const values = names
        .slice(0, MOST_COLUMNS)
        .map((name) => `${name} ${shown(here[name])}, ${other} has ${shown(there[name])}`);
      return `      ~ ${rowText(key)}: ${values.join("; ")}${names.length > MOST_COLUMNS ? "; ..." : ""}`;
    }),
    ...samples.onlyHere.map((row) => `      + only here: ${rowText(row)}`),
    ...samples.onlyThere.map((row) => `      - only on ${other}: ${rowText(row)}`),
  ];
}

/** The comparison as one JSON document. */
export function acrossJson({ results, bytes, dollars, billed }: AcrossDocument, other: string): object {
  return {
    equal: !results.some(differsAcross),
    against: other,
    bytes,
    dollars,
    bytes_billed: billed,
    relations: results.map(({ key, as, partitions, differences, problem, note, samples }) => ({
      name: key,
      as,
      partitions,
      differences: differences.map(({ partition, rows, otherRows }) => ({ partition, rows, other_rows: otherRows })),
      problem: problem ?? null,
      note: note ?? null,
      samples:
        samples === undefined
          ? null
          : {
              key: samples.key,
              changed: samples.changed.map(({ key: id, here, there }) => ({ key: id, here, other: there })),
              only_here: samples.onlyHere,
              only_other: samples.onlyThere,
            },
    })),
  };
}
