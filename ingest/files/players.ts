import { seasonLabel } from "../calendar.js";
import { lookupWithoutSuffix, playerLookup } from "../player-lookup.js";
import type { RawValues } from "../stamp.js";
import type { Game } from "./games.js";

interface Stint {
  readonly team: string;
  readonly seasonYear: number;
  first: string;
  last: string;
}

interface Player {
  readonly id: number;
  readonly name: string;
  readonly lookup: string;
  readonly stints: Map<string, Stint>;
}

/** The players of the box scores, by NBA.com id: the one key that all files with an id agree on. */
export class Players {
  readonly #byId = new Map<number, Player>();

  /** Notes that a player played for a team; returns his lookup, which is that of his first spelling seen. */
  add(id: number, name: string, team: string, game: Game): string {
    let player = this.#byId.get(id);
    if (player === undefined) {
      player = { id, name, lookup: playerLookup(name), stints: new Map() };
      this.#byId.set(id, player);
    }
    const key = `${game.seasonYear} ${team}`;
    const stint = player.stints.get(key);
    if (stint === undefined) {
      player.stints.set(key, { team, seasonYear: game.seasonYear, first: game.date, last: game.date });
    } else {
      if (game.date < stint.first) stint.first = game.date;
      if (game.date > stint.last) stint.last = game.date;
    }
    return player.lookup;
  }

  lookupOf(id: number): string | undefined {
    return this.#byId.get(id)?.lookup;
  }

  /** Rows of `nba_players_registry`: one per player, team and season. Players who share a lookup are numbered by id. */
  registryRows(): RawValues[] {
    const numbered = new Map<string, number>();
    return this.#sorted().flatMap((player) => {
      const number = (numbered.get(player.lookup) ?? 0) + 1;
      numbered.set(player.lookup, number);
      return [...player.stints.values()].map((stint) => ({
        player_lookup: player.lookup,
        universal_player_id: `${player.lookup}_${String(number).padStart(3, "0")}`,
        player_name: player.name,
        team_abbr: stint.team,
        season: seasonLabel(stint.seasonYear),
        position: null,
        first_game_date: stint.first,
        last_game_date: stint.last,
      }));
    });
  }

  /** Rows of `nbac_player_list_current`: per player and season the team of his last game. */
  listRows(): RawValues[] {
    const rows = new Map<string, RawValues>();
    for (const player of this.#sorted()) {
      const latest = new Map<number, Stint>();
      for (const stint of player.stints.values()) {
        const known = latest.get(stint.seasonYear);
        if (known === undefined || stint.last > known.last) latest.set(stint.seasonYear, stint);
      }
      for (const { seasonYear, team } of latest.values()) {
        const key = `${player.lookup} ${seasonYear}`;
        if (rows.has(key)) continue;
        rows.set(key, {
          player_lookup: player.lookup,
          player_id: player.id,
          player_full_name: player.name,
          team_abbr: team,
          position: null,
          birth_date: null,
          is_active: true,
          season_year: seasonYear,
        });
      }
    }
    return [...rows.values()];
  }

  /**
   * Finds the lookup of a name from a source without ids. Tried in this order: the name itself, the name without a
   * generational suffix, and, where the source lost a letter to `?`, any letter in its place; the latter two only if
   * exactly one player fits. Undefined: no box score names him.
   */
  match(name: string): string | undefined {
    const lookup = playerLookup(name);
    const players = [...this.#byId.values()];
    if (players.some((player) => player.lookup === lookup)) return lookup;
    const bare = lookupWithoutSuffix(name);
    const bySuffix = players.filter((player) => lookupWithoutSuffix(player.name) === bare);
    if (bySuffix.length === 1) return bySuffix[0]!.lookup;
    if (!name.includes("?")) return undefined;
    const pattern = new RegExp(`^${name.split("?").map(playerLookup).join("[a-z]")}$`);
    const byPattern = players.filter((player) => pattern.test(player.lookup));
    return byPattern.length === 1 ? byPattern[0]!.lookup : undefined;
  }

  #sorted(): Player[] {
    return [...this.#byId.values()].sort((a, b) => a.id - b.id);
  }
}
