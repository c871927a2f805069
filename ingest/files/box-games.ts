import { gameIdOf } from "../game-id.js";
import type { BoxLine } from "./box-lines.js";
import { type Game, isCounting, kindOf, seasonOf } from "./games.js";

/** A game as its box scores tell it: by whom and when it was played. */
export interface PlayedGame {
  readonly nbaGameId: string;
  /** The dates that the rows carry, the most frequent first, then the later. */
  readonly dates: readonly string[];
  readonly matchup: { readonly home: string; readonly away: string } | undefined;
  readonly file: string;
}

/** The games of box scores. */
export function playedGames(playerLines: readonly BoxLine[], teamLines: readonly BoxLine[]): Map<string, PlayedGame> {
  const games = new Map<string, PlayedGame>();
  const ofTeams = grouped(teamLines);
  const ofPlayers = grouped(playerLines);
  for (const id of new Set([...ofTeams.keys(), ...ofPlayers.keys()])) {
    const lines = [...(ofTeams.get(id) ?? []), ...(ofPlayers.get(id) ?? [])];
    const dates = new Map<string, number>();
    for (const { date } of lines) if (date !== undefined) dates.set(date, (dates.get(date) ?? 0) + 1);
    const matchups = lines.flatMap(({ matchup }) => (matchup === undefined ? [] : [`${matchup.away} ${matchup.home}`]));
    const [away, home] = (matchups.sort()[0] ?? "").split(" ");
    games.set(id, {
      nbaGameId: id,
      dates: [...dates].sort(([a, m], [b, n]) => n - m || (a < b ? 1 : -1)).map(([date]) => date),
      matchup: away === undefined || home === undefined ? undefined : { home, away },
      file: lines[0]?.cells.source.name ?? "",
    });
  }
  return games;
}

function grouped(lines: readonly BoxLine[]): Map<string, BoxLine[]> {
  const groups = new Map<string, BoxLine[]>();
  for (const line of lines) {
    const group = groups.get(line.nbaGameId);
    if (group === undefined) groups.set(line.nbaGameId, [line]);
    else group.push(line);
  }
  return groups;
}

/** A game that no schedule has, from its box scores; undefined if they do not tell its date and its home team. */
export function gameOfBox(played: PlayedGame): (Game & { readonly nbaGameId: string }) | undefined {
  const { nbaGameId, matchup, dates } = played;
  const [date] = dates;
  if (matchup === undefined || date === undefined) return undefined;
  return {
    gameId: gameIdOf(date, matchup.away, matchup.home),
    nbaGameId,
    date,
    seasonYear: seasonOf(nbaGameId),
    home: matchup.home,
    away: matchup.away,
    tipOff: undefined,
    counts: isCounting(kindOf(nbaGameId)),
  };
}
