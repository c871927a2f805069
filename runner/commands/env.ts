import { suggestion } from "../project/settings.js";
import { alignColumns, plural, writeLines } from "../report/text.js";
import { announced } from "../session/announce.js";
import { dropEnvironment, environmentOf, environments, type StandingEnvironment } from "../session/environments.js";
import { withProject } from "../session/session.js";
import { withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [
    { name: "what", describe: "list or drop; default: list" },
    { name: "suffix", describe: "with drop: the schema suffix of the environment" },
  ],
  flags: withCommon({}),
  notes: [
    "An environment is what stands under a schema suffix: run --schema-suffix dev\nmakes it, run --schema-suffix dev --defer only what differs.",
  ],
  examples: ["fastbreak env list", "fastbreak env drop dev"],

  async execute({ flags, words: [what = "list", suffix] }): Promise<number> {
    if (what !== "list" && what !== "drop")
      throw usageError(`env ${what} is not known${suggestion(what, ["list", "drop"])}`);
    if (what === "drop" && suffix === undefined)
      throw usageError("env drop needs the suffix of an environment; see fastbreak env list");
    if (what === "list" && suffix !== undefined) throw usageError(`env list takes no suffix, but here is ${suffix}`);
    return withProject(placeOf(flags), async (session) => {
      if (suffix === undefined) {
        const standing = await environments(session);
        if (flags.json) process.stdout.write(`${JSON.stringify({ environments: standing.map(asJson) })}\n`);
        else writeLines(process.stdout, listLines(standing));
        return EXIT.done;
      }
      const found = await environmentOf(session, suffix);
      await announced(session, "env drop", () => dropEnvironment(session, found));
      if (flags.json) process.stdout.write(`${JSON.stringify({ dropped: asJson(found) })}\n`);
      else writeLines(process.stdout, [`dropped ${plural(found.relations.length, "relation")} of ${suffix}`]);
      return EXIT.done;
    });
  },
});

function asJson({ suffix, relations }: StandingEnvironment) {
  return { suffix, relations: relations.map(({ name, kind }) => ({ name, kind })) };
}

function listLines(standing: readonly StandingEnvironment[]): string[] {
  if (standing.length === 0) return ["No environment stands in this warehouse; run --schema-suffix NAME makes one."];
  return alignColumns(
    standing.map(({ suffix, relations }) => {
      const tables = relations.filter(({ kind }) => kind === "table").length;
      return [suffix, plural(tables, "table"), plural(relations.length - tables, "view")];
    }),
  );
}
