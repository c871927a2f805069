import { LoadError, type StoredRows, type TableBatch } from "../../runner/api/loader.js";
import {
  nbacGamebookPlayerStats,
  nbacInjuryReport,
  nbacPlayByPlay,
  nbacSchedule,
  nbacTeamBoxscore,
  nbacTeamList,
  oddsApiGameLines,
  RAW_TABLES,
  type RawTable,
} from "../raw-tables/index.js";
import { teamListRows } from "../team-list.js";
import { listAbsences } from "./absences.js";
import { compareLines } from "./best-lines.js";
import { readBettingPros } from "./bettingpros.js";
import { playedGames } from "./box-games.js";
import { readPlayerLines, readTeamLines } from "./box-lines.js";
import { placePlayerLines, playerBoxRows, teamBoxRows } from "./box-scores.js";
import { carryStored } from "./carry.js";
import { Conflicts } from "./conflicts.js";
import { EventsOfGames } from "./events-of-games.js";
import { readGameLines } from "./game-lines.js";
import { readTransactions } from "./injuries.js";
import { readInjuryReport } from "./injury-report.js";
import { readKnown } from "./known.js";
import type { LayoutName } from "./layouts.js";
import { notesOf, strangersNote } from "./notes.js";
import { gatherPeople, peopleRows } from "./people.js";
import { readPlayByPlay } from "./play-by-play.js";
import { readQuotes } from "./quotes.js";
import { readRosters, rosterRows } from "./rosters.js";
import { RowSink } from "./row-sink.js";
import { readSchedule } from "./schedule.js";
import { scheduleBatches } from "./schedule-rows.js";
import { settleGames } from "./settle-games.js";
import { shotRows } from "./shots.js";
import type { Skips } from "./skips.js";
import type { SourceTable } from "./source-table.js";

export type SourcesOf = (layout: LayoutName) => readonly SourceTable[];

/** What a layout refers to: it must be beside it or stored by an earlier load. Box scores tell games too. */
const NEEDS = {
  player_box: ["games"],
  team_box: ["games"],
  shots: ["games", "players"],
  play_by_play_v2: ["games", "players"],
  play_by_play_v3: ["games", "players"],
  injury_transactions: ["games"],
} as const satisfies Partial<Record<LayoutName, readonly string[]>>;

const BROUGHT_BY = { games: "schedule", players: "player_box" } as const;

/**
 * Imports the files of one load, on top of what earlier ones stored: first the games, then the players, then what refers to
 * them. Shots are streamed, everything else is read and checked before the first batch is handed out.
 * @throws LoadError naming file, line and column of a fault that refuses a file.
 */
export async function* importFiles(
  of: SourcesOf,
  stored: StoredRows,
  processedAt: string,
  skips: Skips,
  notes: string[],
): AsyncGenerator<TableBatch> {
  const conflicts = new Conflicts();
  const known = await readKnown(stored);
  const schedule = await readSchedule(of("schedule"), skips, conflicts);
  const playerLines = await readPlayerLines(of("player_box"), skips);
  const teamLines = await readTeamLines(of("team_box"), skips);
  const rosterLines = await readRosters(of("rosters"), skips);
  const settled = settleGames(schedule, playedGames(playerLines, teamLines), known, conflicts);
  const { games, moved } = settled;
  const placed = placePlayerLines(playerLines, games, skips);
  const people = await gatherPeople(stored, placed, rosterLines, moved, skips);
  const { players, renamed } = people;
  checkNeeds(of, { games: games.isEmpty, players: players.isEmpty });

  const sinks = new Map<RawTable, RowSink>();
  const sinkOf = (table: RawTable): RowSink => {
    const sink = sinks.get(table) ?? new RowSink(table, processedAt, skips, conflicts);
    sinks.set(table, sink);
    return sink;
  };
  const keep = (...given: RowSink[]) => {
    for (const sink of given) sinks.set(sink.table, sink);
  };
  const teams = sinkOf(nbacTeamList);
  for (const row of teamListRows()) teams.addDerived(row, "team list of the importer");
  keep(playerBoxRows(placed, players, processedAt, skips, conflicts));
  keep(teamBoxRows(teamLines, games, processedAt, skips, conflicts));
  keep(rosterRows(rosterLines, players, processedAt, skips, conflicts));
  const quotes = await readQuotes(of("odds"), games, players, processedAt, skips, conflicts);
  keep(quotes.lines, quotes.props);
  await readGameLines(of("game_lines"), games, sinkOf(oddsApiGameLines), quotes.unscheduled, skips);
  const offers = await readBettingPros(of("bettingpros"), stored, games, players, processedAt, skips, conflicts);
  keep(offers.rows);
  const reports = sinkOf(nbacInjuryReport);
  const listed = await readTransactions(of("injury_transactions"), games, players, skips);
  const reported = await readInjuryReport(of("injury_report"), stored, games, players, reports, skips);
  await readPlayByPlay(of("play_by_play_v2"), of("play_by_play_v3"), games, players, sinkOf(nbacPlayByPlay), skips);
  const hasNewPlayers = of("player_box").length + of("rosters").length > 0;
  const hasNewGames = of("schedule").length + of("player_box").length + of("team_box").length > 0;
  const changes = { games, moved, players, renamed, hasNewGames, hasNewPlayers };
  await carryStored(stored, sinkOf, changes);
  await listAbsences(stored, sinkOf, listed, changes);
  await compareLines(offers.rows, stored);
  if (hasNewPlayers || moved.size + renamed.size > 0)
    keep(...peopleRows(people, "box scores and rosters", processedAt, skips, conflicts));

  notes.push(
    ...notesOf(of),
    ...strangersNote("quotes", quotes.strangers),
    ...strangersNote("offers", offers.strangers),
    ...strangersNote("injury entries", new Set([...listed.strangers, ...reported])),
  );
  if (quotes.unscheduled.size > 0) {
    const [first] = [...quotes.unscheduled].sort();
    notes.push(
      `events quoted but not scheduled: ${quotes.unscheduled.size}, such as ${first}; kept under their own date`,
    );
  }

  const boxes = { players: sinkOf(nbacGamebookPlayerStats), teams: sinkOf(nbacTeamBoxscore) };
  const scheduled = await scheduleBatches(settled, stored, boxes, processedAt, skips, conflicts);
  const events = new EventsOfGames(sinkOf(nbacPlayByPlay), moved);
  await events.readStored(
    stored,
    of("shots").length > 0 || of("play_by_play_v2").length + of("play_by_play_v3").length > 0,
  );
  for (const table of RAW_TABLES) {
    if (table === nbacSchedule) yield* scheduled;
    else if (table === nbacPlayByPlay) {
      const shots = shotRows(of("shots"), { games, players, processedAt, skips, ...events.options() });
      yield { table, rows: events.rows(shots, stored), covers: () => events.sink.scopes() };
    } else yield* sinkOf(table).batches();
  }
  if (conflicts.count > 0)
    notes.push(`facts that contradict each other: ${conflicts.count}, see nba_raw.load_conflicts`);
  yield conflicts.batch(stored, processedAt);
}

function checkNeeds(of: SourcesOf, lacks: Readonly<Record<keyof typeof BROUGHT_BY, boolean>>): void {
  for (const [layout, needs] of Object.entries(NEEDS)) {
    const [source] = of(layout as LayoutName);
    const missing = needs.filter((need) => lacks[need]).map((need) => BROUGHT_BY[need]);
    if (source === undefined || missing.length === 0) continue;
    const places = "beside it, in the same directory, named in the same command or loaded before";
    throw new LoadError(source.path, undefined, undefined, `${layout} needs ${missing.join(" and ")} ${places}`);
  }
}
