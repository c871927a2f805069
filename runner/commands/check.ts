import type { CheckResult, Surroundings } from "../check/check-project.js";
import type { PlacedFinding } from "../check/findings.js";
import type { SqlChecker } from "../googlesql/checker.js";
import { ProjectError, renderProblem } from "../project/errors.js";
import type { Manifest } from "../project/manifest.js";
import { githubAnnotation } from "../report/annotations.js";
import { plainLine, plural } from "../report/text.js";
import { loadPlace } from "../session/load-place.js";
import { findPlace, type Place, withWarehouse } from "../session/place.js";
import { CIRCUIT_BREAKER_STATE } from "../state/breaker-state.js";
import { onOff } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
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
      return outcome.findings.length > 0 ? EXIT.usage : EXIT.done;
    } finally {
      checker.close();
    }
  },
});

interface CheckOutcome {
  readonly findings: readonly PlacedFinding[];
  readonly unchecked: CheckResult["unchecked"];
  readonly checked: number;
}

async function check(place: Place, checker: SqlChecker): Promise<CheckOutcome> {
  const [{ checkProject }, { placeFindings }] = await Promise.all([
    import("../check/check-project.js"),
    import("../check/findings.js"),
  ]);
  let manifest: Manifest;
  try {
    ({ manifest } = await loadPlace(place));
  } catch (cause) {
    if (!(cause instanceof ProjectError)) throw cause;
    return { findings: cause.problems.map((problem) => ({ ...problem, action: null })), unchecked: [], checked: 0 };
  }
  const result = await checkProject(manifest, await surroundings(place), checker);
  const { unchecked, checked } = result;
  return { findings: placeFindings(place.projectDir, result), unchecked, checked };
}

/** Everything in the warehouse; nothing where there is no warehouse yet. */
async function surroundings(place: Place): Promise<Surroundings> {
  if (!place.engine.exists(place)) return { relations: new Map(), routines: new Map() };
  return withWarehouse(place, false, (warehouse) =>
    warehouse.transaction(async (transaction) => {
      const relations = await transaction.relations();
      // What the runner makes before anything runs is there, made yet or not.
      const own = [[`${place.settings.stateDataset}.circuit_breaker_state`, CIRCUIT_BREAKER_STATE.columns] as const];
      return {
        relations: new Map([...own, ...[...relations].map(([key, { columns }]) => [key, columns] as const)]),
        routines: await transaction.routines(),
      };
    }),
  );
}

async function openChecker(googlesql: boolean, place: Place): Promise<{ readonly checker: SqlChecker; close(): void }> {
  const checker = await place.engine.checker?.();
  if (checker === undefined) throw usageError(`--target ${place.engine.name} cannot check SQL without running it`);
  if (!googlesql) return { checker, close: () => undefined };
  const { openGoogleSqlChecker } = await import("../check/googlesql-checker.js");
  return openGoogleSqlChecker(place.projectDir, checker);
}

function print({ findings, unchecked, checked }: CheckOutcome, json: boolean): void {
  if (json) {
    const document = {
      findings: findings.map(({ file, line, column, message, action }) => ({
        file: file ?? null,
        line: line ?? null,
        column: column ?? null,
        message,
        action,
      })),
      unchecked: unchecked.map(({ action, reason }) => ({ action: action.key, reason })),
      totals: { checked, unchecked: unchecked.length, errors: findings.length },
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const render = process.env.GITHUB_ACTIONS === "true" ? githubAnnotation : renderProblem;
  for (const finding of findings) process.stdout.write(`${plainLine(render(finding))}\n`);
  for (const { action, reason } of unchecked)
    process.stderr.write(`fastbreak: not checked: ${action.key}: ${plainLine(reason)}\n`);
  const left = unchecked.length === 0 ? "" : `, ${unchecked.length} not checked`;
  process.stdout.write(`${plural(checked, "action")} checked${left}, ${plural(findings.length, "error")}\n`);
}
