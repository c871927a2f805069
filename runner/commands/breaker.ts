import { afterReset, refusedUntil } from "../plan/breaker.js";
import { suggestion } from "../project/settings.js";
import { alignColumns } from "../report/text.js";
import { announced } from "../session/announce.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { readBreakers, type StoredBreaker, writeBreaker } from "../state/breaker-state.js";
import { checkState } from "../state/migrate.js";
import { withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [
    { name: "what", describe: "list or reset; default: list" },
    { name: "names", describe: "models whose breaker to close; default: all", many: true },
  ],
  flags: withCommon({}),
  examples: ["fastbreak breaker list", "fastbreak breaker reset xgboost_v1"],

  async execute({ flags: options, words: [what = "list", ...names] }): Promise<number> {
    if (what !== "list" && what !== "reset")
      throw usageError(`breaker ${what} is not known${suggestion(what, ["list", "reset"])}`);
    if (what === "list" && names.length > 0) throw usageError("breaker list takes no names");
    const place = findPlace(placeOf(options));
    const { stateDataset } = place.settings;
    const work = () =>
      withWarehouse(place, false, async (warehouse) => {
        return warehouse.transaction(async (transaction) => {
          await checkState(transaction, stateDataset);
          const stored = await readBreakers(transaction, stateDataset);
          if (what === "list") return [...stored.values()];
          const isNamed = (key: string, name: string) => key === name || key.endsWith(`.${name}`);
          const unknown = names.find((name) => ![...stored.keys()].some((key) => isNamed(key, name)));
          if (unknown !== undefined) throw usageError(`${unknown} has no breaker that ever counted a failure`);
          const reset = [...stored.values()]
            .filter(({ name }) => names.length === 0 || names.some((given) => isNamed(name, given)))
            .map((row) => ({ ...row, breaker: afterReset(row.breaker), updatedAt: new Date().toISOString() }));
          for (const row of reset) await writeBreaker(transaction, stateDataset, row);
          return reset;
        });
      });
    const shown = what === "list" ? await work() : await announced(place, "breaker reset", work);
    process.stdout.write(options.json ? `${JSON.stringify(shown.map(asJson))}\n` : `${asLines(shown).join("\n")}\n`);
    return EXIT.done;
  },
});

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
    updated_at: updatedAt,
  };
}

function asLines(shown: readonly StoredBreaker[]): string[] {
  if (shown.length === 0) return ["No breaker has ever counted a failure."];
  const now = new Date().toISOString();
  return alignColumns([
    ["model", "state", "failures", "refuses until", "last error"],
    ...shown.map(({ name, breaker, settings }) => [
      name,
      breaker.state,
      String(breaker.failureCount),
      refusedUntil(breaker, settings, now) ?? "",
      (breaker.history.at(-1)?.message ?? "").slice(0, 100),
    ]),
  ]);
}
