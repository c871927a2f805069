import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { because } from "./decisions.js";
import { type Colors, foldRows } from "./text.js";

const optionalText = v.optional(v.string());

const decidedAction = v.object({
  name: v.string(),
  type: v.string(),
  status: v.string(),
  partitions: v.array(
    v.object({
      partition: v.string(),
      decision: v.picklist(["run", "skip"]),
      reason: v.string(),
      needed_by: optionalText,
      evidence: v.optional(
        v.object({
          what: v.picklist(["code", "engine", "input", "output", "upstream", "rule"]),
          upstream: optionalText,
          moved: optionalText,
          old: optionalText,
          new: optionalText,
          note: optionalText,
        }),
      ),
    }),
  ),
});

const lastRun = v.object({ run_id: v.string(), actions: v.array(decidedAction) });

/** What the last run that ended decided of some actions. */
export interface LastDecisions {
  readonly runId: string;
  readonly actions: readonly v.InferOutput<typeof decidedAction>[];
}

/**
 * Reads `last-run.json`, which a run leaves for readers that must not open the database.
 * @param name of an action, with or without its dataset
 * @returns undefined: no run has left one, or it does not know the name
 */
export function readLastDecisions(projectDir: string, name: string): LastDecisions | undefined {
  try {
    const file = readFileSync(join(projectDir, ".fastbreak", "last-run.json"), "utf8");
    const { run_id: runId, actions } = v.parse(lastRun, JSON.parse(file));
    const named = actions.filter((action) => action.name === name || action.name.endsWith(`.${name}`));
    return named.length === 0 ? undefined : { runId, actions: named };
  } catch {
    return undefined;
  }
}

/** The JSON document of `explain --json` while the warehouse is in use. */
export function lastDecisionsJson({ runId, actions }: LastDecisions): object {
  const documents = actions.map((action) => ({ ...action, decided_by: runId }));
  return documents.length === 1 ? (documents[0] as object) : documents;
}

/** The same for a person. */
export function lastDecisionsLines({ runId, actions }: LastDecisions, colors: Colors, width: number): string[] {
  return actions.flatMap(({ name, type, status, partitions }, index) => [
    ...(index === 0 ? [] : [""]),
    `${colors.bold(name)}  ${type}, ${status} in run ${runId}`,
    ...foldRows(
      partitions.map(({ partition, decision, reason, evidence, needed_by }) => ({
        cells: [`  ${partition === "*" ? "all of it" : partition}`, decision],
        tail: `${reason.replaceAll("_", " ")}${because(evidence as Parameters<typeof because>[0])}${needed_by === undefined ? "" : `, needed by ${needed_by}`}`,
      })),
      width,
    ),
  ]);
}
