import type { SourcesOf } from "./import.js";
import type { LayoutName } from "./layouts.js";

/** What a layout does not have; models then find NULL or nothing. */
const LACKS: Readonly<Partial<Record<LayoutName, string>>> = {
  schedule: "no national TV (NULL); play-in games are flagged as playoffs",
  player_box: "no inactive players and no positions; positions and birth dates come from rosters",
  shots: "misses have no blocker, events no score (NULL), makes no assister; no free throws",
  game_lines: "no bookmaker (key unknown), no prices (NULL), no time: dated one minute before tip-off",
  injury_transactions: "out or available only, no time of day (report_hour counts a day's reports)",
  starters: "no raw column is taken from this layout, not read",
};

/** Layouts without which something is missing downstream. */
const EXPECTED: readonly LayoutName[] = ["schedule", "player_box", "team_box", "shots", "odds", "rosters"];

/** One line for every kind of file that is there and lacks something, and for every one that is not there. */
export function notesOf(of: SourcesOf): string[] {
  const found = (Object.keys(LACKS) as LayoutName[]).flatMap((layout) => {
    const files = of(layout).map(({ name }) => name);
    if (files.length === 0) return [];
    const [first, ...others] = files;
    const named = others.length > 2 ? `${first} and ${others.length} more` : files.join(", ");
    return [`${named}: ${LACKS[layout]}`];
  });
  const isThere = (layout: LayoutName) =>
    of(layout).length > 0 ||
    (layout === "shots" && of("play_by_play_v2").length + of("play_by_play_v3").length > 0) ||
    (layout === "odds" && of("game_lines").length + of("bettingpros").length > 0);
  const absent = EXPECTED.filter((layout) => !isThere(layout));
  return [...found, ...absent.map((layout) => `no ${layout} file: nothing loaded`)];
}

/** How many names no box score and no roster has. */
export function strangersNote(what: string, names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  const shown = [...names].sort().slice(0, 3).join(", ");
  const more = names.size > 3 ? ` and ${names.size - 3} more` : "";
  const who = names.size === 1 ? "a player who is" : `${names.size} players who are`;
  return [`${what} name ${who} in no box score and on no roster (${shown}${more}): kept under their own lookup`];
}
