import { dollarsFor } from "../execute/estimate-cost.js";
import { UserError } from "../graph/user-error.js";
import { type Selection, selectActions } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import { EngineError } from "../port/engine-error.js";
import { relationKey, rowColumnNames } from "../port/port.js";
import { relationOf } from "../project/runnable.js";
import { Across, type AcrossResult, type Compared } from "../verify/across.js";
import { columnsOf } from "./column-graph.js";
import { type Place, withWarehouse } from "./place.js";
import { selectionFacts } from "./plan-request.js";
import { selectableOf } from "./pulled-relations.js";
import type { ProjectSession } from "./session.js";
import { surroundingsIn } from "./surroundings.js";

/** What is to be compared with another engine. */
export interface AcrossRequest {
  readonly selection: Selection;
  readonly window: Window;
  /** Sample rows of each relation that differs. */
  readonly samples: number;
  /** Bytes that may be processed; undefined: what the settings allow. */
  readonly mostBytes: number | undefined;
  /** Is told what it costs at most before anything is read. */
  readonly onCost: (bytes: number, dollars: number) => void;
  readonly onRelation: (key: string, done: number, of: number) => void;
}

/** The results, and what finding them has billed. */
export interface AcrossOutcome {
  readonly results: readonly AcrossResult[];
  /** At most, as was asked before. */
  readonly bytes: number;
  readonly dollars: number;
  readonly billed: number;
}

/**
 * Compares the models and sources of the session's warehouse with those of another engine, by digests that both compute from the same
 * GoogleSQL.
 * @param other the place of the other engine
 * @throws EngineError `refused` where it costs more than it may; UserError where there is nothing to compare
 */
export async function verifyAcross(
  session: ProjectSession,
  other: Place,
  request: AcrossRequest,
): Promise<AcrossOutcome> {
  const all = await comparedOf(session, request.selection);
  if (all.length === 0) throw new UserError("the selection has no sources and no tables of models to compare");
  const keys = all.map(({ id }) => relationKey(id));
  const place = { ...other, relations: async () => keys };
  return withWarehouse(place, false, async (there) => {
    const { window: range, samples, onRelation } = request;
    const most = request.mostBytes ?? there.cost?.mostPerRun;
    const across = new Across(session.warehouse, there, { range, samples, mostBytes: most, onRelation });
    const { pairs, settled } = await across.pairs(all);
    const bytes = await across.estimate(pairs);
    const dollars = dollarsFor(bytes, there.cost);
    if (most !== undefined && bytes > most) {
      const limit = request.mostBytes === undefined ? '"maximumBytesPerRun" in fastbreak.json' : "--limit-bytes";
      throw new EngineError(
        "refused",
        `comparing would process up to ${bytes} bytes, and ${limit} allows ${most}; nothing was read`,
      );
    }
    request.onCost(bytes, dollars);
    const compared = await across.compare(pairs);
    const results = [...settled, ...compared].sort((a, b) => (a.key < b.key ? -1 : 1));
    return { results, bytes, dollars, billed: across.billed };
  });
}

/** Sources and tables of models that a selection picks; views are made of them. */
async function comparedOf(session: ProjectSession, selection: Selection): Promise<readonly Compared[]> {
  const { manifest } = session.loaded;
  const actions = manifest.actions.filter(({ type }) => type !== "test");
  const facts = await selectionFacts(session, selection);
  const picked = selectActions(actions.map(selectableOf), selection, facts);
  const times = await timesOfRuns(session);
  const runnable = new Map(session.project.actions.map((action) => [action.node.key, action]));
  return actions.flatMap((action): Compared[] => {
    if (picked !== undefined && !picked.has(action.key)) return [];
    const id = relationOf(action, manifest.homeProject);
    // What the runner keeps there is each warehouse's own.
    if (id.dataset === session.settings.stateDataset) return [];
    if (action.type === "declaration") return [{ id, as: "source", ignored: [], key: [] }];
    const model = runnable.get(action.key);
    if (model?.node.kind !== "model" || model.node.disabled) return [];
    return [{ id, as: "model", ignored: times.get(action.key) ?? [], key: model.uniqueKey }];
  });
}

/**
 * The columns, by model, in which the runner keeps when a row was written, and all whose values are computed with them: two warehouses
 * that hold the same were written at different times.
 */
async function timesOfRuns(session: ProjectSession): Promise<ReadonlyMap<string, readonly string[]>> {
  const own = session.project.actions.map(({ node, rowColumns }) => [node.key, rowColumnNames(rowColumns)] as const);
  const found = new Map(own.filter(([, names]) => names.length > 0).map(([key, names]) => [key, [...names]]));
  if (found.size === 0) return found;
  const around = await surroundingsIn(session.warehouse, session.settings.stateDataset);
  const { graph } = await columnsOf(session, session.loaded.manifest, around);
  for (const [relation, names] of [...found]) {
    for (const { to, kind } of names.flatMap((column) => graph.trace({ relation, column }, "down"))) {
      if (kind === "value") found.set(to.relation, [...(found.get(to.relation) ?? []), to.column]);
    }
  }
  return found;
}
