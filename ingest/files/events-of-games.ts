import type { RowObject, StoredRows } from "../../runner/api/loader.js";
import { nbacPlayByPlay } from "../raw-tables/index.js";
import type { Game } from "./games.js";
import { text } from "./known.js";
import type { RowSink } from "./row-sink.js";
import type { ShotOptions } from "./shots.js";

/**
 * Brings play-by-play and shot charts together: both tell the shots of a game under the same event numbers. Play-by-play
 * knows assists, blocks, free throws and the score, a chart the distance of every shot; whichever comes first.
 */
export class EventsOfGames {
  readonly #moved: ReadonlyMap<string, Game>;
  /** Games with events that no chart has. */
  readonly #withEvents = new Set<string>();
  readonly #distances = new Map<string, number>();
  /** Games, or the shots of one player in a game, that a chart of this load is the truth for. */
  readonly #charted = new Set<string>();

  constructor(
    readonly sink: RowSink,
    moved: ReadonlyMap<string, Game>,
  ) {
    this.#moved = moved;
  }

  /** Learns which games have play-by-play, stored or in this load, and the stored distances that it may lack. */
  async readStored(stored: StoredRows, isNeeded: boolean): Promise<void> {
    const fresh = new Set<string>();
    for (const { game_id, shot_type } of this.sink.rows()) {
      fresh.add(text(game_id));
      if (shot_type !== "2PT" && shot_type !== "3PT") this.#withEvents.add(text(game_id));
    }
    if (!isNeeded) return;
    for (const row of await stored.read(nbacPlayByPlay, ["game_id", "shot_type"])) {
      const gameId = this.#now(row);
      if (row.shot_type !== "2PT" && row.shot_type !== "3PT" && !fresh.has(gameId)) this.#withEvents.add(gameId);
    }
    if (fresh.size === 0) return;
    const old = new Map([...this.#moved].map(([id, { gameId }]) => [gameId, id]));
    const values = [...fresh].flatMap((id) => [id, ...(old.has(id) ? [old.get(id) as string] : [])]);
    const columns = ["game_id", "event_id", "shot_distance"];
    for (const row of await stored.read(nbacPlayByPlay, columns, { columns: ["game_id"], values })) {
      if (typeof row.shot_distance === "number")
        this.#distances.set(`${this.#now(row)} ${row.event_id}`, row.shot_distance);
    }
  }

  options(): Pick<ShotOptions, "hasEvents" | "onDistance" | "onCover"> {
    return {
      hasEvents: (game) => this.#withEvents.has(game.gameId),
      onDistance: (game, event, distance) => this.#distances.set(`${game.gameId} ${event}`, distance),
      onCover: (game, shooter, isOfOnePlayer, cells) => {
        if (this.#withEvents.has(game.gameId)) return;
        if (this.sink.skips.isWhole(cells.source.path))
          this.#charted.add(isOfOnePlayer ? `${game.gameId} ${shooter}` : game.gameId);
        if (isOfOnePlayer) this.sink.cover(["game_id", "player_1_lookup"], [game.gameId, shooter], cells);
        else this.sink.cover(["game_id"], [game.gameId], cells);
      },
    };
  }

  /** The shots of charts, then the events, each shot with its distance. */
  async *rows(shots: AsyncIterable<RowObject>, stored: StoredRows): AsyncGenerator<RowObject> {
    const given = new Map(this.sink.rows().map((row) => [`${row.game_id} ${row.event_id}`, row]));
    for await (const shot of shots) {
      // A stored shot that was carried over to another lookup comes again with the chart.
      given.delete(`${shot.game_id} ${shot.event_id}`);
      yield shot;
    }
    for (const [key, row] of given) if (this.#isCharted(row)) given.delete(key);
    const columns = nbacPlayByPlay.columns.map(({ name }) => name);
    const ids = new Set([...this.#distances.keys()].map((key) => key.slice(0, key.lastIndexOf(" "))));
    const fresh = new Set([...given.values()].map((row) => text(row.game_id)));
    const others = [...ids].filter((id) => this.#withEvents.has(id) && !fresh.has(id));
    const storedRows =
      others.length === 0 ? [] : await stored.read(nbacPlayByPlay, columns, { columns: ["game_id"], values: others });
    for (const row of [...given.values(), ...storedRows]) yield this.#withDistance(row);
  }

  #isCharted({ game_id, player_1_lookup }: RowObject): boolean {
    return this.#charted.has(text(game_id)) || this.#charted.has(`${text(game_id)} ${text(player_1_lookup)}`);
  }

  #withDistance(row: RowObject): RowObject {
    const distance = this.#distances.get(`${row.game_id} ${row.event_id}`);
    const isShot = row.shot_type === "2PT" || row.shot_type === "3PT";
    if (!isShot || distance === undefined || distance === row.shot_distance) return row;
    return this.sink.restamped(row, { shot_distance: distance });
  }

  #now(row: RowObject): string {
    const id = text(row.game_id);
    return this.#moved.get(id)?.gameId ?? id;
  }
}
