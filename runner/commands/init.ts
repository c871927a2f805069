import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shownPath } from "../report/shown-path.js";
import { writeLines } from "../report/text.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { PROJECT_DIR_WORD, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT } from "./exit.js";
import { placeOf } from "./selection-options.js";

const SETTINGS = "fastbreak.json";
const INSTALLED_SCHEMA = "node_modules/fastbreak/schemas/fastbreak.schema.json";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({}),
  notes: ["What is there already stays as it is."],
  examples: ["fastbreak init"],

  async execute({ flags: options, words }): Promise<number> {
    const place = findPlace(placeOf(options, words[0]));
    const made: string[] = [];
    const kept: string[] = [];
    const warehouse = place.engine.locate(place);
    (place.engine.exists(place) ? kept : made).push(warehouse);
    await withWarehouse(place, true, async () => undefined);
    const own = join(place.projectDir, ".fastbreak");
    mkdirSync(own, { recursive: true });
    // What the runner keeps there is of this machine: it ignores itself, whatever the project's own file says.
    writeIfMissing(join(own, ".gitignore"), "*\n");
    const settings = join(place.projectDir, SETTINGS);
    const text = { $schema: schemaOf(place.projectDir) };
    (writeIfMissing(settings, `${JSON.stringify(text, null, 2)}\n`) ? made : kept).push(settings);
    if (options.json) process.stdout.write(`${JSON.stringify({ made, kept })}\n`);
    else writeLines(process.stdout, told(made, kept));
    return EXIT.done;
  },
});

function told(made: readonly string[], kept: readonly string[]): string[] {
  return [
    ...made.map((path) => `made ${shownPath(path)}`),
    ...kept.map((path) => `kept ${shownPath(path)}`),
    "next: fastbreak seed --scaffold --write --rows 20, or fastbreak seed DIR with files of your sources",
  ];
}

/** Whether the file was written: it never overwrites. */
function writeIfMissing(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  }
}

/** Where an editor finds the schema: in the package that the project has installed, else in a copy beside the warehouse. */
function schemaOf(projectDir: string): string {
  if (existsSync(join(projectDir, INSTALLED_SCHEMA))) return `./${INSTALLED_SCHEMA}`;
  const own = ["../schemas/fastbreak.schema.json", "../../schemas/fastbreak.schema.json"]
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((path) => existsSync(path));
  if (own === undefined) throw new Error("the package lacks its folder schemas/; install it again");
  copyFileSync(own, join(projectDir, ".fastbreak", "fastbreak.schema.json"));
  return "./.fastbreak/fastbreak.schema.json";
}
