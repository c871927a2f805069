import { plural, writeLines } from "../report/text.js";
import { withProject } from "../session/session.js";
import { verifySession } from "../session/verify-session.js";
import type { Verified } from "../verify/verify.js";
import {
  OVERRIDE_FLAGS,
  PROJECT_DIR_WORD,
  SELECTION_FLAGS,
  UPSTREAM_FLAGS,
  WINDOW_FLAGS,
  withCommon,
} from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT } from "./exit.js";
import { placeOf, requestOf, selectionOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({ ...WINDOW_FLAGS, ...SELECTION_FLAGS, ...UPSTREAM_FLAGS, ...OVERRIDE_FLAGS }),
  examples: ["fastbreak verify --from 2021-11-01 --to 2021-11-15"],

  async execute({ flags: options, words }): Promise<number> {
    const request = requestOf(withDate(options), selectionOf(options));
    return withProject(placeOf(options, words[0]), async (session) => {
      const verified = await verifySession(session, request);
      if (options.json) process.stdout.write(`${JSON.stringify(verifyJson(verified))}\n`);
      else writeLines(process.stdout, verifyLines(verified), 4);
      return verified.some(differs) ? EXIT.differs : EXIT.done;
    });
  },
});

function differs({ differences, problem }: Verified): boolean {
  return problem !== undefined || differences.length > 0;
}

function verifyJson(verified: readonly Verified[]): object {
  return {
    equal: !verified.some(differs),
    models: verified.map(({ key, partitions, differences, problem, note }) => ({
      name: key,
      partitions,
      differences: differences.map(({ partition, liveRows, rebuiltRows }) => ({
        partition,
        live_rows: liveRows,
        rebuilt_rows: rebuiltRows,
      })),
      problem: problem ?? null,
      note: note ?? null,
    })),
  };
}

function verifyLines(verified: readonly Verified[]): string[] {
  const lines = verified
    .filter(differs)
    .flatMap(({ key, differences, problem }) => [
      `  ${key}  ${problem ?? `differs from a rebuild in ${plural(differences.length, "partition")}:`}`,
      ...differences.map(
        ({ partition, liveRows, rebuiltRows }) =>
          `    ${partition}  ${plural(liveRows, "row")}, a rebuild has ${liveRows === rebuiltRows ? "as many, not the same" : rebuiltRows}`,
      ),
    ]);
  for (const { key, note } of verified) if (note !== undefined) lines.push(`  ${key}  ${note}`);
  const partitions = verified.reduce((sum, model) => sum + model.partitions, 0);
  const compared = `${plural(verified.length, "model")}, ${plural(partitions, "partition")}`;
  const wrong = verified.filter(differs).length;
  return [...lines, wrong === 0 ? `${compared}: exactly what a full rebuild gives` : `${compared}: ${wrong} differ`];
}
