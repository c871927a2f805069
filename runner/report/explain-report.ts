import type { Compared, ExplainedPartition, Explanation } from "../decide/explain.js";
import { WHOLE } from "../port/identity.js";
import type { CodeChange } from "../project/code-change.js";
import { describeDecisions } from "./decisions.js";
import { alignColumns, type Colors, plural } from "./text.js";

/** Everything that `explain` tells of one action. */
export interface ExplainReport extends Explanation {
  /** How the code differs from what the newest differing build came from; undefined: it does not, or is not known. */
  readonly codeChange: CodeChange | undefined;
}

/** The JSON document of `explain --json`. */
export function explainJson({ name, type, fileName, partitions, codeChange }: ExplainReport): object {
  return {
    name,
    type,
    file: fileName,
    partitions: partitions.map(({ decided, lastBuild, inputs, ...partition }) => ({
      partition: decided.label,
      decision: decided.decision,
      reason: decided.reason,
      ...(decided.evidence === undefined ? {} : { evidence: decided.evidence }),
      ...(decided.neededBy === undefined ? {} : { needed_by: decided.neededBy }),
      ...partition,
      inputs: inputs.map(({ runsFirst, ...input }) => ({ ...input, runs_first: runsFirst })),
      last_build: lastBuild && { run_id: lastBuild.runId, at: lastBuild.at, rows: lastBuild.rows },
    })),
    code_change: codeChange ? { files: codeChange.files, sql_diff: codeChange.sqlDiff } : null,
  };
}

/** The explanation for a person: the answer first, then what it stands on. */
export function explainLines(report: ExplainReport, colors: Colors): string[] {
  const head = `${colors.bold(report.name)}  ${report.type} in ${report.fileName}`;
  if (report.partitions.length === 0) return [head, "  has no partition in this window"];
  return [
    head,
    ...report.partitions.flatMap((partition) => partitionLines(partition, colors)),
    ...codeLines(report, colors),
  ];
}

function partitionLines(partition: ExplainedPartition, colors: Colors): string[] {
  const { decided, lastBuild } = partition;
  const verdict = decided.decision === "run" ? colors.yellow("would run") : colors.green("would be skipped");
  const many = decided.partitions.length === 1 ? "" : ` (${plural(decided.partitions.length, "partition")})`;
  const where = decided.partition === WHOLE ? "" : `${decided.label}${many}  `;
  const built =
    lastBuild === null
      ? "never"
      : `${lastBuild.at.slice(0, 16).replace("T", " ")} UTC, ${plural(lastBuild.rows, "row")}, run ${lastBuild.runId}`;
  const facts: string[][] = [
    ["last built", built],
    ["code", comparison(partition.code, partition.compiled.same ? "changed, the SQL is the same" : "changed")],
    [
      "own table",
      partition.output.now === null ? "is not there" : comparison(partition.output, "differs from what was built"),
    ],
    ...partition.inputs.map((input, index) => [
      index === 0 ? "reads" : "",
      `${input.name}  ${comparison(input, "moved")}${input.runsFirst ? "; it runs first" : ""}`,
    ]),
  ];
  return [
    "",
    `  ${where}${verdict}: ${describeDecisions([decided])}`,
    ...alignColumns(facts).map((line) => `    ${line}`),
  ];
}

function comparison({ recorded, now, same }: Compared, changed: string): string {
  if (same) return "same";
  if (recorded === null) return `not recorded, now ${short(now)}`;
  return `${changed}: ${short(recorded)} -> ${short(now)}`;
}

function codeLines({ codeChange }: ExplainReport, colors: Colors): string[] {
  if (codeChange === undefined) return [];
  const files =
    codeChange.files.length > 0 ? codeChange.files : ["no file: a variable or a setting of the project changed"];
  const diff = codeChange.sqlDiff === "" ? ["The compiled SQL is the same."] : codeChange.sqlDiff.split("\n");
  const paint = (line: string) =>
    line.startsWith("+") ? colors.green(line) : line.startsWith("-") ? colors.red(line) : line;
  return [
    "",
    "  Changed since it was built:",
    ...files.map((file) => `    ${file}`),
    ...diff.map((line) => `    ${paint(line)}`),
  ];
}

/** Digests are `rows:xor:sum`; the beginning tells them apart. */
function short(hash: string | null): string {
  if (hash === null) return "nothing";
  return hash.length > 20 ? `${hash.slice(0, 20)}...` : hash;
}
