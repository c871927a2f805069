import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { systemReason } from "../port/system-error.js";
import { readAccessPolicy } from "../project/access-policy.js";
import { suggestion } from "../project/settings.js";
import { foldRows, plainLine, plural, widthOf, writeLines } from "../report/text.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { runProbes } from "../session/probes.js";
import { text } from "./arguments/flags.js";
import { withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";
import { windowOf } from "./window.js";

export const command = defineCommand({
  positionals: [{ name: "policy", describe: "a JSON file with accounts and probes", required: true }],
  flags: withCommon({
    date: text("the date that probes see as from_date, YYYY-MM-DD"),
    account: text("only the probes of this account"),
  }),
  notes: [
    "Tries what accounts may and may not write and read: the policy decides, the\nwarehouse answers. Exit code 1: something came out otherwise.",
  ],
  examples: ["fastbreak probe deploy/accounts.json --date 2021-11-15"],

  async execute({ flags: options, words: [file = ""] }): Promise<number> {
    const { account } = options;
    const { date } = withDate(options);
    if (date === undefined) throw usageError("probe needs --date");
    windowOf({ date });
    const place = findPlace(placeOf(options));
    const policy = readAccessPolicy(file, readText(resolve(file), file));
    const names = Object.keys(policy.accounts);
    if (account !== undefined && !names.includes(account))
      throw usageError(`${file} has no account ${account}${suggestion(account, names)}`);
    const probes = policy.probes.filter((probe) => account === undefined || probe.account === account);
    if (probes.length === 0) throw usageError(`${file} has no probes${account === undefined ? "" : ` of ${account}`}`);
    const results = await withWarehouse(place, false, (warehouse) => runProbes(warehouse, policy, probes, date));
    const failed = results.filter(({ passed }) => !passed).length;
    if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
    else {
      const rows = results.map(({ name, passed, found, expected }) => ({
        cells: [passed ? "  ok  " : "  FAIL", name],
        tail: passed ? plainLine(found) : `${plainLine(found)}, expected ${expected}`,
      }));
      const sum = `${plural(results.length, "probe")}: ${failed} failed`;
      writeLines(process.stdout, [...foldRows(rows, widthOf(process.stdout)), sum]);
    }
    return failed === 0 ? EXIT.done : EXIT.failed;
  },
});

function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw usageError(`${shown} cannot be read: ${systemReason(cause) ?? "it is no text"}`);
  }
}
