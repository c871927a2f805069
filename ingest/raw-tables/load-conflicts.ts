import type { TableDefinition } from "../../runner/api/loader.js";

/** Facts of the sources that contradict each other. A conflict is the same while its `conflict_id` is. */
export const loadConflicts: TableDefinition = {
  id: { dataset: "nba_raw", name: "load_conflicts" },
  columns: [
    { name: "conflict_id", type: "STRING", required: true },
    { name: "identifier", type: "STRING", required: true },
    { name: "table_name", type: "STRING", required: true },
    { name: "field_name", type: "STRING", required: true },
    { name: "description", type: "STRING", required: true },
    { name: "taken_value", type: "STRING" },
    { name: "other_value", type: "STRING" },
    { name: "game_date", type: "DATE" },
    { name: "season_year", type: "INT64" },
    { name: "team_abbr", type: "STRING" },
    { name: "player_lookup", type: "STRING" },
    { name: "first_found_at", type: "TIMESTAMP", required: true },
  ],
  primaryKey: ["conflict_id"],
  partitionColumn: "game_date",
  clusterBy: ["table_name", "identifier"],
};
