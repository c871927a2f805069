import { engineNamed, engineNames } from "../engines/registry.js";
import { foldRows, widthOf } from "../report/text.js";
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
    if (examine === undefined) {
      const others = engineNames().filter((name) => engineNamed(name)?.examine !== undefined);
      throw usageError(
        `doctor looks at a service, and --target ${place.engine.name} is none; give --target ${others.join(" or ")}`,
      );
    }
    const findings = [];
    for await (const finding of examine(place)) findings.push(finding);
    const lines = foldRows(
      findings.map(({ what, status, text }) => ({ cells: [status === "failed" ? "FAIL" : status, what], tail: text })),
      widthOf(process.stdout),
    );
    process.stdout.write(flags.json ? `${JSON.stringify(findings)}\n` : `${lines.join("\n")}\n`);
    return findings.some(({ status }) => status === "failed") ? EXIT.failed : EXIT.done;
  },
});
