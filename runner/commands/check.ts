import type { CheckResult } from "../check/check-result.js";
import type { PlacedFinding } from "../check/findings.js";
import type { SqlChecker } from "../googlesql/checker.js";
import { ProjectError, renderProblem } from "../project/errors.js";
import type { Manifest } from "../project/manifest.js";
import { githubAnnotation } from "../report/annotations.js";
import { plainLine, plural, writeLines, writeNote } from "../report/text.js";
import { loadPlace } from "../session/load-place.js";
import { findPlace, type Place } from "../session/place.js";
import { surroundingsIfFree } from "../session/surroundings.js";
import { onOff } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    strict: onOff("what only the embedded engine refuses is an error too"),
    googlesql: onOff("check with GoogleSQL's own analyzer, where its package is installed"),
    ...OVERRIDE_FLAGS,
  }),
  examples: ["fastbreak check --json"],

  async execute({ flags: options, words }): Promise<number> {
    const place = findPlace(placeOf(options, words[0]));
    const checker = await openChecker(options.googlesql, place);
    try {
      const outcome = await check(place, checker.checker);
      print(outcome, options.json);
      const { findings, limits } = outcome;
      return findings.length > 0 || (options.strict && limits.length > 0) ? EXIT.usage : EXIT.done;
    } finally {
      checker.close();
    }
  },
});

interface CheckOutcome {
  readonly findings: readonly PlacedFinding[];
  /** What BigQuery takes and the embedded engine does not. */
  readonly limits: readonly PlacedFinding[];
  readonly unchecked: CheckResult["unchecked"];
  readonly checked: number;
}

async function check(place: Place, checker: SqlChecker): Promise<CheckOutcome> {
  const [{ checkProject }, { inferSources }, { placeFindings }] = await Promise.all([
    import("../check/check-project.js"),
    import("../infer/infer-sources.js"),
    import("../check/findings.js"),
  ]);
  let manifest: Manifest;
  try {
    ({ manifest } = await loadPlace(place));
  } catch (cause) {
    if (!(cause instanceof ProjectError)) throw cause;
    const findings = cause.problems.map((problem) => ({ ...problem, action: null }));
    return { findings, limits: [], unchecked: [], checked: 0 };
  }
  const around = await surroundingsIfFree(place, writeNote);
  const inferred = inferSources(manifest, around.relations);
  const { findings, unchecked, checked } = await checkProject(manifest, { ...around, inferred }, checker);
  const placed = (severity: "error" | "limit") =>
    placeFindings(place.projectDir, { findings: findings.filter((finding) => finding.severity === severity) });
  return { findings: placed("error"), limits: placed("limit"), unchecked, checked };
}

async function openChecker(googlesql: boolean, place: Place): Promise<{ readonly checker: SqlChecker; close(): void }> {
  const checker = await place.engine.checker?.();
  if (checker === undefined) throw usageError(`--target ${place.engine.name} cannot check SQL without running it`);
  if (!googlesql) return { checker, close: () => undefined };
  const { openGoogleSqlChecker } = await import("../check/googlesql-checker.js");
  return openGoogleSqlChecker(place.projectDir, checker);
}

function print({ findings, limits, unchecked, checked }: CheckOutcome, json: boolean): void {
  if (json) {
    const document = {
      findings: findings.map(asJson),
      warnings: limits.map(asJson),
      unchecked: unchecked.map(({ action, reason }) => ({ action: action.key, reason })),
      totals: { checked, unchecked: unchecked.length, errors: findings.length, warnings: limits.length },
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const isGithub = process.env.GITHUB_ACTIONS === "true";
  for (const finding of findings)
    writeLines(process.stdout, [
      plainLine(isGithub ? githubAnnotation(named(finding)) : renderProblem(named(finding))),
    ]);
  for (const limit of limits) writeLines(process.stderr, [`warning: ${plainLine(renderProblem(named(limit)))}`]);
  for (const line of uncheckedLines(unchecked))
    writeLines(process.stderr, [`fastbreak: not checked: ${plainLine(line)}`]);
  const left = unchecked.length === 0 ? "" : `, ${unchecked.length} not checked`;
  const limited = limits.length === 0 ? "" : `, ${plural(limits.length, "warning")}`;
  process.stdout.write(`${plural(checked, "action")} checked${left}, ${plural(findings.length, "error")}${limited}\n`);
}

/** With the name of its action in the message where no line tells which of a file's actions it is about. */
function named(finding: PlacedFinding): PlacedFinding {
  const { line, action, message } = finding;
  return line === undefined && action !== null ? { ...finding, message: `${action}: ${message}` } : finding;
}

function asJson({ file, line, column, message, action }: PlacedFinding) {
  return { file: file ?? null, line: line ?? null, column: column ?? null, message, action };
}

/** One line a reason, with the actions that it holds for. */
function uncheckedLines(unchecked: CheckOutcome["unchecked"]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { action, reason } of unchecked) byReason.set(reason, [...(byReason.get(reason) ?? []), action.key]);
  return [...byReason].map(([reason, actions]) => {
    const more = actions.length > 3 ? ` and ${actions.length - 3} more` : "";
    return `${actions.slice(0, 3).join(", ")}${more}: ${reason}`;
  });
}
