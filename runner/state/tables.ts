import type { Column } from "../port/sql-types.js";

/** Version of the meaning of hashes and rows in `model_state`; a row of another version counts as unknown. */
export const STATE_FORMAT = 1;

/** The columns of the state tables; the migrations create exactly these. */
export const MODEL_STATE: readonly Column[] = [
  { name: "model", type: "STRING" },
  { name: "partition", type: "STRING" },
  { name: "code_hash", type: "STRING" },
  { name: "compiled_hash", type: "STRING" },
  { name: "input_hash", type: "STRING" },
  { name: "inputs", type: "STRING" },
  { name: "fingerprint", type: "STRING" },
  { name: "output_version", type: "STRING" },
  { name: "row_count", type: "INT64" },
  { name: "run_id", type: "STRING" },
  { name: "recorded_at", type: "TIMESTAMP" },
  { name: "format_version", type: "INT64" },
];

export const RELATION_STATE: readonly Column[] = [
  { name: "relation", type: "STRING" },
  { name: "partition", type: "STRING" },
  { name: "fingerprint", type: "STRING" },
  { name: "run_id", type: "STRING" },
  { name: "recorded_at", type: "TIMESTAMP" },
];

export const RUNS: readonly Column[] = [
  { name: "run_id", type: "STRING" },
  { name: "command", type: "STRING" },
  { name: "started_at", type: "TIMESTAMP" },
  { name: "finished_at", type: "TIMESTAMP" },
  { name: "status", type: "STRING" },
  { name: "window_from", type: "DATE" },
  { name: "window_to", type: "DATE" },
  { name: "compiled", type: "BOOL" },
  { name: "totals", type: "STRING" },
];

export const MODEL_RUNS: readonly Column[] = [
  { name: "run_id", type: "STRING" },
  { name: "model", type: "STRING" },
  { name: "type", type: "STRING" },
  { name: "status", type: "STRING" },
  { name: "partitions", type: "STRING" },
  { name: "rows_inserted", type: "INT64" },
  { name: "rows_updated", type: "INT64" },
  { name: "rows_refreshed", type: "INT64" },
  { name: "rows_deleted", type: "INT64" },
  { name: "rows_unchanged", type: "INT64" },
  { name: "duration_ms", type: "INT64" },
  { name: "error", type: "STRING" },
  { name: "finished_at", type: "TIMESTAMP" },
];

export const MANIFESTS: readonly Column[] = [
  { name: "inputs_digest", type: "STRING" },
  { name: "manifest", type: "STRING" },
  { name: "recorded_at", type: "TIMESTAMP" },
];

export const CIRCUIT_BREAKER_STATE: readonly Column[] = [
  { name: "processor_name", type: "STRING" },
  { name: "state", type: "STRING" },
  { name: "failure_count", type: "INT64" },
  { name: "success_count", type: "INT64" },
  { name: "last_failure", type: "TIMESTAMP" },
  { name: "last_success", type: "TIMESTAMP" },
  { name: "opened_at", type: "TIMESTAMP" },
  { name: "half_opened_at", type: "TIMESTAMP" },
  { name: "updated_at", type: "TIMESTAMP" },
  { name: "last_error_message", type: "STRING" },
  { name: "last_error_type", type: "STRING" },
  {
    name: "failure_history",
    type: {
      kind: "array",
      element: {
        kind: "struct",
        fields: [
          { name: "failed_at", type: "TIMESTAMP" },
          { name: "error_message", type: "STRING" },
          { name: "error_type", type: "STRING" },
        ],
      },
    },
  },
  { name: "threshold", type: "INT64" },
  { name: "timeout_seconds", type: "INT64" },
  { name: "half_open_max_calls", type: "INT64" },
];
