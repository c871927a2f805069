import type { CheckResult, Surroundings } from "../check/check-result.js";
import type { PlacedFinding } from "../check/findings.js";
import type { SqlChecker } from "../googlesql/checker.js";
import { ProjectError } from "../project/errors.js";
import type { Manifest } from "../project/manifest.js";
import { CIRCUIT_BREAKER_STATE } from "../state/breaker-state.js";
import { loadPlace } from "./load-place.js";
import { type Place, withWarehouse } from "./place.js";

/** What a check of a project has found. */
export interface CheckOutcome {
  readonly findings: readonly PlacedFinding[];
  /** What BigQuery takes and the embedded engine does not. */
  readonly limits: readonly PlacedFinding[];
  readonly unchecked: CheckResult["unchecked"];
  readonly checked: number;
}

/** Compiles a project and looks for mistakes in the SQL of every action; nothing is run. Compile errors are findings, too. */
export async function checkPlace(place: Place, checker: SqlChecker): Promise<CheckOutcome> {
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
  const around = await surroundings(place);
  const inferred = inferSources(manifest, around.relations);
  const { findings, unchecked, checked } = await checkProject(manifest, { ...around, inferred }, checker);
  const placed = (severity: "error" | "limit") =>
    placeFindings(place.projectDir, { findings: findings.filter((finding) => finding.severity === severity) });
  return { findings: placed("error"), limits: placed("limit"), unchecked, checked };
}

/** Everything in the warehouse; nothing where there is no warehouse yet. */
export async function surroundings(place: Place): Promise<Omit<Surroundings, "inferred">> {
  if (!place.engine.exists(place)) return { relations: new Map(), routines: new Map() };
  return withWarehouse(place, false, (warehouse) =>
    warehouse.transaction(async (transaction) => {
      const relations = await transaction.relations();
      // A warehouse in which nothing is yet says as little as none.
      if (relations.size === 0) return { relations: new Map(), routines: await transaction.routines() };
      // What the runner makes before anything runs is there, made yet or not.
      const own = [[`${place.settings.stateDataset}.circuit_breaker_state`, CIRCUIT_BREAKER_STATE.columns] as const];
      return {
        relations: new Map([...own, ...[...relations].map(([key, { columns }]) => [key, columns] as const)]),
        routines: await transaction.routines(),
      };
    }),
  );
}
