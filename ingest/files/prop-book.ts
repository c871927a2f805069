import { oddsApiPlayerPointsProps } from "../raw-tables/index.js";
import type { QuotedGame } from "./quotes.js";
import type { Skips } from "./skips.js";
import type { Cells, SourceRecord } from "./source-table.js";

export interface PropQuote {
  readonly game: QuotedGame;
  readonly lookup: string;
  readonly bookmaker: string;
  readonly line: number;
  readonly side: "over" | "under";
  readonly price: number | null;
  readonly cells: Cells;
  readonly record: SourceRecord;
}

/** The main line of a player at one bookmaker and moment; `line` is undefined where none is offered on both sides. */
export interface PropSides {
  readonly game: QuotedGame;
  readonly lookup: string;
  readonly bookmaker: string;
  readonly line: number | undefined;
  readonly over: number | null;
  readonly under: number | null;
  readonly cells: Cells;
  readonly record: SourceRecord;
}

interface Sides {
  readonly first: PropQuote;
  readonly lines: Map<number, { over?: number | null; under?: number | null }>;
}

/**
 * Puts the two sides of prop lines together. A line counts if both sides are offered: lines of one side only are promotions.
 * Of several lines the main one is that whose prices are nearest each other, then the lower one.
 */
export class PropBook {
  readonly #sides = new Map<string, Sides>();
  readonly #twice: PropQuote[] = [];

  add(quote: PropQuote): void {
    const key = [quote.game.gameId, quote.lookup, quote.bookmaker, quote.game.snapshot].join(" ");
    const sides = this.#sides.get(key) ?? { first: quote, lines: new Map() };
    this.#sides.set(key, sides);
    const line = sides.lines.get(quote.line) ?? {};
    sides.lines.set(quote.line, line);
    const known = line[quote.side];
    if (known !== undefined) this.#twice.push(quote);
    // The better price of two, so that the order of rows does not decide.
    if (known === undefined || (quote.price ?? Number.NEGATIVE_INFINITY) > (known ?? Number.NEGATIVE_INFINITY)) {
      line[quote.side] = quote.price;
    }
  }

  *rows(skips: Skips): Generator<PropSides> {
    const skip = ({ cells, record }: PropQuote, reason: string) =>
      skips.add(oddsApiPlayerPointsProps, cells.source.name, reason, `${cells.place(record, "player")}: ${reason}`);
    for (const quote of this.#twice) skip(quote, "side quoted twice, the better price taken");
    for (const { first, lines } of this.#sides.values()) {
      const offered = [...lines].filter(([, { over, under }]) => over !== undefined && under !== undefined);
      const gap = ({ over, under }: { over?: number | null; under?: number | null }) =>
        Math.abs(cents(over ?? null) + cents(under ?? null));
      offered.sort(([a, x], [b, y]) => gap(x) - gap(y) || a - b);
      for (let dropped = lines.size - Math.min(offered.length, 1); dropped > 0; dropped--) {
        skip(first, "line offered on one side only or beside the main line");
      }
      const [main] = offered;
      const { game, lookup, bookmaker, cells, record } = first;
      const [line, { over = null, under = null } = {}] = main ?? [undefined];
      yield { game, lookup, bookmaker, line, over, under, cells, record };
    }
  }
}

/** American odds on one scale around even money: +110 is 10, -110 is -10. */
function cents(price: number | null): number {
  if (price === null) return 0;
  return price > 0 ? price - 100 : price + 100;
}
