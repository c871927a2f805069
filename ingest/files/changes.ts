import type { Game, Games } from "./games.js";
import type { Players } from "./players.js";

/** What a load changes of what earlier loads refer to. */
export interface Changes {
  readonly games: Games;
  readonly moved: ReadonlyMap<string, Game>;
  readonly players: Players;
  readonly renamed: ReadonlyMap<string, string>;
  /** The games or their dates may have changed: quotes without a game may now have one. */
  readonly hasNewGames: boolean;
  /** Players may have changed: names that meant nobody, or one of several, may now mean one. */
  readonly hasNewPlayers: boolean;
}
