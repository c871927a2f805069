import { seasonLabel } from "../calendar.js";
import { playerLookup } from "../player-lookup.js";
import type { RawValues } from "../stamp.js";
import { type Candidate, type Match, PlayerNames, type TeamHint } from "./player-names.js";

interface Stint {
  readonly team: string;
  readonly seasonYear: number;
  /** First and last game played; undefined for somebody who only was on the list. */
  first: string | undefined;
  last: string | undefined;
  /** Last date on which he was seen with the team. */
  seen: string;
}

/** One sight of a player: in a box score, on a roster, or stored by an earlier load. */
export interface Sight {
  readonly id: number;
  readonly name: string;
  readonly team: string;
  readonly seasonYear: number;
  readonly date: string;
  readonly hasPlayed: boolean;
  /** A box score's spelling goes before a roster's. */
  readonly isBox: boolean;
}

interface Player {
  readonly id: number;
  /** The spelling of the earliest box score, else of the earliest roster. */
  name: string;
  named: string;
  readonly spellings: Set<string>;
  readonly stints: Map<string, Stint>;
  position: string | null;
  birthDate: string | null;
  lookup: string;
}

/**
 * The players by NBA.com id, the one thing that stays. A player's lookup is that of his earliest spelling, so that a later
 * name makes nobody new; of namesakes the one with the lowest id has the bare lookup, the others carry their id behind it.
 * Both depend on what is known and not on the order in which it came.
 */
export class Players {
  readonly #byId = new Map<number, Player>();
  #names = new PlayerNames([]);

  note({ id, name, team, seasonYear, date, hasPlayed, isBox }: Sight): void {
    // Box scores sort before rosters, early ones before later ones; of two spellings of a day the first by letters.
    const named = `${isBox ? 0 : 1} ${date} ${name}`;
    let player = this.#byId.get(id);
    if (player === undefined) {
      player = {
        id,
        name,
        named,
        spellings: new Set(),
        stints: new Map(),
        position: null,
        birthDate: null,
        lookup: "",
      };
      this.#byId.set(id, player);
    } else if (named < player.named) {
      player.name = name;
      player.named = named;
    }
    player.spellings.add(name);
    const key = `${seasonYear} ${team}`;
    const stint = player.stints.get(key) ?? { team, seasonYear, first: undefined, last: undefined, seen: date };
    player.stints.set(key, stint);
    if (date > stint.seen) stint.seen = date;
    if (!hasPlayed) return;
    if (stint.first === undefined || date < stint.first) stint.first = date;
    if (stint.last === undefined || date > stint.last) stint.last = date;
  }

  /** Notes what a roster knows of a player beside his name. */
  describe(id: number, position: string | null, birthDate: string | null): void {
    const player = this.#byId.get(id);
    if (player === undefined) return;
    player.position = position ?? player.position;
    player.birthDate = birthDate ?? player.birthDate;
  }

  /** Gives everybody noted so far his lookup; to be called before lookups are asked for. */
  settle(): void {
    const taken = new Set<string>();
    for (const player of this.#sorted()) {
      const bare = playerLookup(player.name) || `player${player.id}`;
      player.lookup = taken.has(bare) ? `${bare}${player.id}` : bare;
      taken.add(player.lookup);
    }
    this.#names = new PlayerNames(this.#sorted().map(candidateOf));
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  lookupOf(id: number): string | undefined {
    return this.#byId.get(id)?.lookup;
  }

  /** Finds the player of a name from a source without ids; `hint` says where he should be. */
  match(name: string, hint: TeamHint): Match {
    return this.#names.match(name, hint);
  }

  /** Whether a lookup means exactly one player, wherever he plays. */
  isCertain(lookup: string): boolean {
    return this.#names.isCertain(lookup);
  }

  /** Rows of `nba_players_registry`: one per player, team and season. */
  registryRows(): RawValues[] {
    return this.#sorted().flatMap((player) =>
      [...player.stints.values()].map((stint) => ({
        player_lookup: player.lookup,
        universal_player_id: `${player.lookup}_001`,
        player_name: player.name,
        team_abbr: stint.team,
        season: seasonLabel(stint.seasonYear),
        position: player.position,
        first_game_date: stint.first ?? null,
        last_game_date: stint.last ?? null,
      })),
    );
  }

  /** Rows of `nbac_player_list_current`: per player and season the team with which he was seen last. */
  listRows(): RawValues[] {
    return this.#sorted().flatMap((player) => {
      const latest = new Map<number, Stint>();
      for (const stint of player.stints.values()) {
        const known = latest.get(stint.seasonYear);
        if (known === undefined || stint.seen > known.seen || (stint.seen === known.seen && stint.team > known.team)) {
          latest.set(stint.seasonYear, stint);
        }
      }
      return [...latest.values()].map(({ seasonYear, team }) => ({
        player_lookup: player.lookup,
        player_id: player.id,
        player_full_name: player.name,
        team_abbr: team,
        position: player.position,
        birth_date: player.birthDate,
        is_active: true,
        season_year: seasonYear,
      }));
    });
  }

  #sorted(): Player[] {
    return [...this.#byId.values()].sort((a, b) => a.id - b.id);
  }
}

function candidateOf(player: Player): Candidate {
  return {
    lookup: player.lookup,
    names: [...player.spellings],
    isOf: (team, seasonYear) =>
      [...player.stints.values()].some(
        (stint) => stint.team === team && (seasonYear === undefined || stint.seasonYear === seasonYear),
      ),
  };
}
