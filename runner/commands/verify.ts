import type { Command } from "commander";
import { locateInProject } from "../project/locate.js";
import { plural } from "../report/text.js";
import { planSession } from "../session/plan-request.js";
import { withProject } from "../session/session.js";
import { type Verified, verifyModels } from "../verify/verify.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT } from "./exit.js";
import {
  addOverrideOptions,
  addSelectionOptions,
  addWindowOptions,
  type DecideOptions,
  overridesOf,
  requestOf,
} from "./selection-options.js";

export const command: CommandModule = {
  configure(command: Command): void {
    addWindowOptions(command);
    addSelectionOptions(command);
    addOverrideOptions(command);
    command.addHelpText("after", "\nExample:\n  fastbreak verify --from 2021-11-01 --to 2021-11-15");
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<DecideOptions & CommonOptions>();
    return withProject(options, overridesOf(options), async (session) => {
      const plan = await planSession(session, requestOf(options));
      const verified = await verifyModels(session.warehouse, plan, (action, text, offset) =>
        locateInProject(session.projectDir, action, text, offset),
      );
      process.stdout.write(
        options.json ? `${JSON.stringify(verifyJson(verified))}\n` : `${verifyLines(verified).join("\n")}\n`,
      );
      return verified.some(differs) ? EXIT.differs : EXIT.done;
    });
  },
};

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
