import { hostname, userInfo } from "node:os";
import { afterReset, type Breaker, CLOSED, refusedUntil } from "../plan/breaker.js";
import { suggestion } from "../project/settings.js";
import { type FoldedRow, foldRows, plainLine, widthOf } from "../report/text.js";
import { announced } from "../session/announce.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { type BreakerEvent, readBreakerEvents, recordBreakerEvents } from "../state/breaker-events.js";
import { readBreakers, type StoredBreaker, writeBreaker } from "../state/breaker-state.js";
import { checkState, migrateState } from "../state/migrate.js";
import { withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [
    { name: "what", describe: "list, history or reset; default: list" },
    { name: "names", describe: "models or loads whose breaker is meant; default: all", many: true },
  ],
  flags: withCommon({}),
  examples: ["fastbreak breaker history", "fastbreak breaker reset xgboost_v1"],

  async execute({ flags: options, words: [what = "list", ...names] }): Promise<number> {
    if (what !== "list" && what !== "history" && what !== "reset")
      throw usageError(`breaker ${what} is not known${suggestion(what, ["list", "history", "reset"])}`);
    if (what === "list" && names.length > 0) throw usageError("breaker list takes no names");
    const place = findPlace(placeOf(options));
    const { stateDataset } = place.settings;
    if (what === "history") {
      const events = await withWarehouse(place, false, (warehouse) =>
        warehouse.observe((observation) => readBreakerEvents(observation, stateDataset)),
      );
      const meant = events.filter(({ name }) => names.length === 0 || names.some((given) => isNamed(name, given)));
      process.stdout.write(
        options.json ? `${JSON.stringify(meant.map(eventJson))}\n` : listText(eventRows(meant), NEVER_CHANGED),
      );
      return EXIT.done;
    }
    const work = () =>
      withWarehouse(place, false, async (warehouse) => {
        return warehouse.transaction(async (transaction) => {
          await checkState(transaction, stateDataset);
          const stored = await readBreakers(transaction, stateDataset);
          if (what === "list") return [...stored.values()];
          const unknown = names.find((name) => ![...stored.keys()].some((key) => isNamed(key, name)));
          if (unknown !== undefined) throw usageError(`${unknown} has no breaker that ever counted a failure`);
          const reset = [...stored.values()]
            .filter(({ name }) => names.length === 0 || names.some((given) => isNamed(name, given)))
            .map((row) => ({ ...row, breaker: afterReset(row.breaker), updatedAt: new Date().toISOString() }));
          await migrateState(transaction, stateDataset);
          for (const row of reset) await writeBreaker(transaction, stateDataset, row);
          await recordBreakerEvents(
            transaction,
            stateDataset,
            reset.map(({ name, updatedAt }) => resetEvent(name, stored.get(name)?.breaker ?? CLOSED, updatedAt)),
          );
          return reset;
        });
      });
    const shown = what === "list" ? await work() : await announced(place, "breaker reset", work);
    process.stdout.write(
      options.json ? `${JSON.stringify(shown.map(asJson))}\n` : listText(breakerRows(shown), NEVER_FAILED),
    );
    return EXIT.done;
  },
});

function isNamed(key: string, name: string): boolean {
  return key === name || key.endsWith(`.${name}`) || key === `load ${name}`;
}

/** Who has closed a breaker by hand, and when: it is kept with what the breaker was. */
function resetEvent(name: string, before: Breaker, at: string): BreakerEvent {
  const by = `${userInfo().username}@${hostname()}`;
  const { state, failureCount } = before;
  const message = before.history.at(-1)?.message;
  return { name, at, from: state, to: "CLOSED", cause: "reset", failureCount, runId: undefined, by, message };
}

function eventJson({ name, at, from, to, cause, failureCount, runId, by, message }: BreakerEvent): object {
  return {
    name,
    at,
    from,
    to,
    cause,
    failure_count: failureCount,
    run_id: runId ?? null,
    by: by ?? null,
    message: message ?? null,
  };
}

const NEVER_CHANGED = "No breaker has ever changed its state.";
const NEVER_FAILED = "No breaker has ever counted a failure.";

/** Rows below their header as they fit the terminal, or what there is to say of none. */
function listText([header, ...rows]: readonly FoldedRow[], none: string): string {
  if (header === undefined || rows.length === 0) return `${none}\n`;
  return `${foldRows([header, ...rows], widthOf(process.stdout), 4).join("\n")}\n`;
}

function eventRows(events: readonly BreakerEvent[]): FoldedRow[] {
  return [
    { cells: ["changed at (UTC)", "breaker", "change"], tail: "by" },
    ...events.map(({ name, at, from, to, cause, by, runId }) => ({
      cells: [minute(at), name, `${from} -> ${to} (${cause})`],
      tail: by ?? (runId === undefined ? "" : `run ${runId}`),
    })),
  ];
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

function asJson({ name, breaker, settings, updatedAt }: StoredBreaker): object {
  return {
    name,
    state: breaker.state,
    failure_count: breaker.failureCount,
    success_count: breaker.successCount,
    opened_at: breaker.openedAt ?? null,
    refuses_until: refusedUntil(breaker, settings, new Date().toISOString()) ?? null,
    threshold: settings.threshold,
    timeout_seconds: settings.timeoutSeconds,
    last_error: breaker.history.at(-1)?.message ?? null,
    failures: breaker.history.map(({ failedAt, message, type }) => ({ at: failedAt, message, type })),
    updated_at: updatedAt,
  };
}

function breakerRows(shown: readonly StoredBreaker[]): FoldedRow[] {
  const now = new Date().toISOString();
  return [
    { cells: ["breaker", "state", "failures", "refuses until (UTC)"], tail: "last error" },
    ...shown.map(({ name, breaker, settings }) => ({
      cells: [name, breaker.state, String(breaker.failureCount), minute(refusedUntil(breaker, settings, now) ?? "-")],
      tail: plainLine(breaker.history.at(-1)?.message ?? ""),
    })),
  ];
}
