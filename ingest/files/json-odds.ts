import { isObject, type JsonObject, type JsonValue, listOf } from "./json-source.js";

/**
 * The events of The Odds API (current or historical, one or a list) and the offers of BettingPros as one row a price.
 * @returns undefined for a document of another kind
 */
export function flattenOdds(document: JsonValue): (readonly JsonObject[])[] | undefined {
  if (Array.isArray(document)) {
    const snapshots = listOf(document);
    if (snapshots.length > 0 && snapshots.every((item) => flattenOdds(item) !== undefined)) {
      return [snapshots.flatMap((item) => (flattenOdds(item) as (readonly JsonObject[])[]).flat())];
    }
    return undefined;
  }
  if (!isObject(document)) return undefined;
  if (Array.isArray(document.offers)) return [offerRows(document)];
  // A historical answer wraps the event or events and says when they were seen.
  if (typeof document.timestamp === "string" && typeof document.data === "object" && document.data !== null) {
    const events = Array.isArray(document.data) ? listOf(document.data) : [document.data].filter(isObject);
    return [events.flatMap((event) => eventRows(event, document.timestamp ?? null))];
  }
  if (Array.isArray(document.bookmakers) && document.commence_time !== undefined) return [eventRows(document, null)];
  return undefined;
}

function eventRows(event: JsonObject, snapshot: JsonValue): JsonObject[] {
  return listOf(event.bookmakers).flatMap((book) =>
    listOf(book.markets).flatMap((market) =>
      listOf(market.outcomes).map((outcome) => ({
        event_id: event.id ?? null,
        commence_time: event.commence_time ?? null,
        home_team: event.home_team ?? null,
        away_team: event.away_team ?? null,
        bookmaker: book.key ?? book.title ?? null,
        market: market.key ?? null,
        side: outcome.name ?? null,
        player: outcome.description ?? null,
        line: outcome.point ?? null,
        price: outcome.price ?? null,
        snapshot,
        last_update: market.last_update ?? book.last_update ?? null,
      })),
    ),
  );
}

function offerRows(document: JsonObject): JsonObject[] {
  const starts = new Map(listOf(document.events).map((event) => [event.id, event.scheduled ?? null]));
  const books = new Map(listOf(document.books).map((book) => [book.id, book.slug ?? book.name ?? null]));
  return listOf(document.offers).flatMap((offer) => {
    const participant = listOf(offer.participants)[0];
    const player = isObject(participant?.player) ? participant.player : undefined;
    return listOf(offer.selections).flatMap((selection) => {
      const opening = isObject(selection.opening_line) ? (selection.opening_line.line ?? null) : null;
      return listOf(selection.books).flatMap((book) =>
        listOf(book.lines).map((line) => ({
          player: participant?.name ?? null,
          team: player?.team ?? null,
          market: offer.market_id ?? null,
          game_date: starts.get(offer.event_id ?? null) ?? null,
          side: selection.selection ?? selection.label ?? null,
          book: books.get(book.id ?? null) ?? book.id ?? null,
          line: line.line ?? null,
          odds: line.cost ?? null,
          opening_line: opening,
          best: line.best ?? null,
          active: line.active ?? null,
          updated: line.updated ?? null,
        })),
      );
    });
  });
}
