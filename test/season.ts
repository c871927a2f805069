import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

/** A folder of public files that is not part of the repository: who has it, names it by the variable. */
interface PublicFiles {
  readonly variable: string;
  /** Taken without the variable, when it is there. */
  readonly beside: string;
}

/** The real 2021-22 season in the layouts of `fastbreak load files`. */
const SEASON: PublicFiles = { variable: "FASTBREAK_SEASON_DIR", beside: "../../shared/data/nba_2021_22" };
/** Real prop lines of a few dates, in the same layouts. */
const PROPS: PublicFiles = { variable: "FASTBREAK_PROPS_DIR", beside: "../../shared/data/props_sample" };

/**
 * Where public files lie; undefined where there are none.
 * @throws Error when the variable names a folder that is not there: a run that was meant to test it must not skip it.
 */
function folderOf({ variable, beside }: PublicFiles): string | undefined {
  const named = process.env[variable];
  const folder = named ? named : fileURLToPath(new URL(beside, import.meta.url));
  if (existsSync(folder)) return folder;
  if (named) throw new Error(`${variable} names ${named}, which is not there; unset it to skip the tests that need it`);
  return undefined;
}

/** Where the real season lies; undefined where it is absent. */
export function realSeason(): string | undefined {
  return folderOf(SEASON);
}

/** A `describe` over public files, which says by name that it is skipped, and what it wants, where they are absent. */
function describeWith(files: PublicFiles): (title: string, tests: (folder: string) => void) => void {
  return (title, tests) => {
    const folder = folderOf(files);
    if (folder === undefined) describe.skip(`${title} (skipped: ${files.variable} names no folder)`, () => tests(""));
    else describe(title, () => tests(folder));
  };
}

export const describeRealSeason = describeWith(SEASON);
export const describeRealProps = describeWith(PROPS);
