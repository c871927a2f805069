import * as v from "valibot";
import type { EventListener } from "../events/events.js";
import type { Transaction } from "../port/port.js";
import { announced } from "../session/announce.js";
import { carryOut, planEvents } from "../session/carry-out.js";
import { migrateFirst } from "../session/migrations.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { planSession } from "../session/plan-request.js";
import { newRunId } from "../session/run-id.js";
import { withProject } from "../session/session.js";
import { verifySession } from "../session/verify-session.js";
import { optionText, requireOptions } from "./checked-options.js";
import { told } from "./errors.js";
import { type ProjectOptions, placeOptions, planRequest, type WorkRequest } from "./requests.js";
import { documentOf, type RunDocument, type VerifiedModel } from "./results.js";

/** A Dataform project and its warehouse. The warehouse is open only while a call of these goes on. */
export interface Project {
  /** Real path of the project's folder. */
  readonly dir: string;
  /** Where its warehouse is, as it is shown to users. */
  readonly warehouse: string;
  /** Decides, and runs nothing. */
  plan(request?: WorkRequest): Promise<RunDocument>;
  /**
   * Decides and runs, making the warehouse where there is none. An action that fails is told in the document; only what keeps
   * the whole run from happening is thrown.
   */
  run(request?: WorkRequest & { readonly onEvent?: EventListener; readonly failFast?: boolean }): Promise<RunDocument>;
  /** Rebuilds what is asked for aside and compares it with the warehouse. */
  verify(request?: WorkRequest): Promise<readonly VerifiedModel[]>;
  /**
   * Does work in one transaction of the warehouse: committed when it returns, rolled back when it throws.
   * @param name what others are told that holds the warehouse meanwhile
   */
  transaction<T>(name: string, work: (transaction: Transaction) => Promise<T>): Promise<T>;
}

/**
 * Finds a Dataform project, its settings and its warehouse; opens nothing yet.
 *
 * @example
 * ```ts
 * import { openProject } from "fastbreak";
 *
 * const project = await openProject({ projectDir: "warehouse" });
 * const { totals } = await project.run({ window: { from: "2021-11-15", to: "2021-11-15" } });
 * console.log(`${totals.run} ran, ${totals.skipped} skipped`);
 * const wrong = (await project.verify()).filter(({ differences }) => differences.length > 0);
 * ```
 * @throws FastbreakError `project` when there is none or its settings are wrong
 */
export async function openProject(options: ProjectOptions = {}): Promise<Project> {
  return told(async () => projectAt(options));
}

const transactionArguments = v.object({ name: optionText, work: v.function("must be a function") });

function projectAt(options: ProjectOptions): Project {
  const given = placeOptions(options);
  const place = findPlace(given);
  return {
    dir: place.projectDir,
    warehouse: place.engine.locate(place),
    plan: (request = {}) => told(() => plan(given, request)),
    run: (request = {}) => told(() => run(given, request)),
    verify: (request = {}) => told(() => verify(given, request)),
    transaction: (name, work) =>
      told(async () => {
        requireOptions(transactionArguments, "transaction", { name, work });
        return withWarehouse(place, false, (warehouse) => announced(place, name, () => warehouse.transaction(work)));
      }),
  };
}

type Given = ReturnType<typeof placeOptions>;

async function plan(given: Given, request: WorkRequest): Promise<RunDocument> {
  const asked = planRequest("plan", request);
  const startedAt = new Date();
  return withProject(given, async (session) => {
    const planned = await planSession(session, asked);
    return documentOf(planEvents(session, planned, "plan", { runId: newRunId(startedAt), startedAt }));
  });
}

async function run(given: Given, request: Parameters<Project["run"]>[0] & object): Promise<RunDocument> {
  const asked = planRequest("run", request);
  const startedAt = new Date();
  const { onEvent: emit = () => undefined, failFast = false } = request;
  const work = async (session: Parameters<Parameters<typeof withProject>[1]>[0]) => {
    await migrateFirst(session, session.warehouse);
    const planned = await planSession(session, asked);
    const options = { runId: newRunId(startedAt), startedAt, failFast, force: request.fullRefresh ?? false, emit };
    const names = planned.project.actions.map(({ node }) => node.key);
    return documentOf(await carryOut(session, planned, options), names);
  };
  return withProject(given, work, true);
}

async function verify(given: Given, request: WorkRequest): Promise<readonly VerifiedModel[]> {
  const asked = planRequest("verify", request);
  const verified = await withProject(given, (session) => verifySession(session, asked));
  return verified.map(({ key, partitions, differences, problem, note }) => ({
    name: key,
    partitions,
    differences,
    problem: problem ?? null,
    note: note ?? null,
  }));
}
