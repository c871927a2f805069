import { shellWord } from "../events/shell-word.js";
import { usageError } from "./exit.js";
import { windowOf } from "./window.js";

/**
 * The form that `--output` and `--json` ask for together.
 * @throws CommandError where they contradict each other
 */
export function formatOf<F extends string>(options: {
  readonly output: F | undefined;
  readonly json: boolean;
}): F | "json" | "text" {
  const { output, json } = options;
  if (json && output !== undefined && output !== "json")
    throw usageError(`--json and --output ${output} are two forms; give one of both`);
  return json ? "json" : (output ?? "text");
}

/** Flags that decide where a command looks and what it finds there. */
const PLACE_FLAGS = [
  "projectDir",
  "environment",
  "target",
  "database",
  "schemaSuffix",
  "databaseSuffix",
  "tablePrefix",
  "defaultDatabase",
  "defaultSchema",
  "defaultLocation",
  "assertionSchema",
  "vars",
  "var",
] as const;

type PlaceFlags = { readonly [name in (typeof PLACE_FLAGS)[number]]?: string | readonly string[] | undefined };

/** Place and dates that the flags give, written as flags again: ` --schema-suffix dev --date 2021-11-15`. */
export function repeatedFlagsOf(
  options: PlaceFlags & Parameters<typeof windowOf>[0] & { readonly defer?: boolean | undefined },
): string {
  const place = PLACE_FLAGS.flatMap((name) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [options[name] ?? []].flat().map((value) => ` ${flag} ${shellWord(value)}`);
  });
  const window = windowOf(options);
  const dates =
    window === undefined
      ? ""
      : window.from === window.to
        ? ` --date ${window.from}`
        : ` --from ${window.from} --to ${window.to}`;
  return `${place.join("")}${options.defer ? " --defer" : ""}${dates}`;
}
