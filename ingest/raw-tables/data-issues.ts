import type { TableDefinition } from "../../runner/api/loader.js";

/** Facts of the sources that contradict each other. An issue is the same while its `issue_id` is. */
export const precomputeDataIssues: TableDefinition = {
  id: { dataset: "nba_processing", name: "precompute_data_issues" },
  columns: [
    { name: "issue_id", type: "STRING", required: true },
    { name: "processor_name", type: "STRING", required: true },
    { name: "run_id", type: "STRING" },
    { name: "issue_type", type: "STRING", required: true },
    { name: "severity", type: "STRING", required: true },
    { name: "category", type: "STRING" },
    { name: "identifier", type: "STRING", required: true },
    { name: "table_name", type: "STRING" },
    { name: "field_name", type: "STRING" },
    { name: "issue_description", type: "STRING", required: true },
    { name: "expected_value", type: "STRING" },
    { name: "actual_value", type: "STRING" },
    { name: "analysis_date", type: "DATE" },
    { name: "game_date", type: "DATE" },
    { name: "season_year", type: "INT64" },
    { name: "team_abbr", type: "STRING" },
    { name: "player_lookup", type: "STRING" },
    { name: "resolved", type: "BOOL" },
    { name: "resolution_notes", type: "STRING" },
    { name: "auto_resolved", type: "BOOL" },
    { name: "created_at", type: "TIMESTAMP" },
    { name: "resolved_at", type: "TIMESTAMP" },
  ],
  primaryKey: ["issue_id"],
  partitionColumn: undefined,
  clusterBy: ["processor_name", "resolved", "severity", "created_at"],
};
