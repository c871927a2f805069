import { bdlPlayerBoxscores, nbacGamebookPlayerStats, nbacTeamBoxscore } from "./box-scores.js";
import { bettingprosPlayerPointsProps, oddsApiGameLines, oddsApiPlayerPointsProps } from "./odds.js";
import { bigdataballPlayByPlay, nbacPlayByPlay } from "./play-by-play.js";
import {
  espnTeamRosters,
  nbacInjuryReport,
  nbacPlayerListCurrent,
  nbacTeamList,
  nbaPlayersRegistry,
} from "./players-and-teams.js";
import type { RawTable } from "./raw-table.js";
import { nbacSchedule } from "./schedule.js";

export * from "./box-scores.js";
export * from "./odds.js";
export * from "./play-by-play.js";
export * from "./players-and-teams.js";
export type { RawTable } from "./raw-table.js";
export * from "./schedule.js";

/** The 14 tables of `nba_raw`, in the order of docs/warehouse.md. */
export const RAW_TABLES: readonly RawTable[] = [
  nbacSchedule,
  nbacGamebookPlayerStats,
  bdlPlayerBoxscores,
  nbacTeamBoxscore,
  bigdataballPlayByPlay,
  nbacPlayByPlay,
  oddsApiGameLines,
  oddsApiPlayerPointsProps,
  bettingprosPlayerPointsProps,
  nbacInjuryReport,
  espnTeamRosters,
  nbacPlayerListCurrent,
  nbacTeamList,
  nbaPlayersRegistry,
];
