import { alignColumns } from "../report/text.js";
import { findPlace } from "../session/place.js";
import { withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  flags: withCommon({}),
  notes: [
    "Looks at what only the service can tell: signing in, roles, ids of jobs, jobs and\nstages that were left. Nothing is changed, and nothing is billed.",
  ],
  examples: ["fastbreak doctor --target bigquery"],

  async execute({ flags }): Promise<number> {
    const place = findPlace(placeOf(flags));
    const { examine } = place.engine;
    if (examine === undefined)
      throw usageError(`there is nothing to examine of --target ${place.engine.name}; give --target bigquery`);
    const findings = [];
    for await (const finding of examine(place)) findings.push(finding);
    const lines = alignColumns(
      findings.map(({ what, status, text }) => [status === "failed" ? "FAIL" : status, what, text]),
      new Set(),
    );
    process.stdout.write(flags.json ? `${JSON.stringify(findings)}\n` : `${lines.join("\n")}\n`);
    return findings.some(({ status }) => status === "failed") ? EXIT.failed : EXIT.done;
  },
});
