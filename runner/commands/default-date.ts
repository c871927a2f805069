import { resolve } from "node:path";
import { findProject, readRunnerSettings } from "../project/settings.js";
import { chosenProjectDir } from "../session/choose-settings.js";
import { today } from "../session/clock.js";
import { usageError } from "./exit.js";
import type { WindowOptions } from "./window.js";

interface DatedOptions extends WindowOptions {
  readonly projectDir?: string | undefined;
}

/**
 * The options with the date that is meant: `--date today` by the clock of the project, and without dates that of the variables
 * which `dateVariables` of fastbreak.json names.
 * @throws CommandError when two dates are given that differ
 */
export function withDate<O extends DatedOptions>(options: O, word?: string): O {
  const dir = findProject(resolve(chosenProjectDir(word ?? options.projectDir, process.env)));
  const { dateVariables, clock } = readRunnerSettings(dir);
  const meant = (text: string) => (text === "today" ? today(clock, new Date()) : text);
  const given = [
    ...(options.date === undefined ? [] : [{ source: "--date", date: meant(options.date) }]),
    ...dateVariables.flatMap((source) => {
      const text = process.env[source];
      return text === undefined || text === "" ? [] : [{ source, date: meant(text) }];
    }),
  ];
  const [first] = given;
  if (first === undefined) return options;
  const other = given.find(({ date }) => date !== first.date);
  if (other !== undefined)
    throw usageError(`${first.source} is ${first.date} and ${other.source} is ${other.date}; give one date`);
  if (first.source !== "--date" && (options.from !== undefined || options.to !== undefined))
    throw usageError(`${first.source} gives a date, and --from and --to a window; give one of them`);
  return { ...options, date: first.date };
}
