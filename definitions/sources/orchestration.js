/** Tables that the runner keeps and that models read: it makes them before anything runs. */
declare({
  schema: "nba_orchestration",
  name: "circuit_breaker_state",
  description: "The circuit breaker of each processor that ever failed; one without a row is closed",
  columns: {
    processor_name: "Dataset and table of the model",
    state: "CLOSED, OPEN or HALF_OPEN",
    failure_count: "Failures in a row",
    success_count: "Successes since it was half open",
    last_failure: "When it last failed",
    last_success: "When it last succeeded after a failure",
    opened_at: "When it last opened",
    half_opened_at: "When the first attempt after its timeout was made",
    updated_at: "When the row last changed",
    last_error_message: "Error of the last failure, at most 500 characters",
    last_error_type: "Kind of that error",
    failure_history: "The last 10 failures, newest last",
    threshold: "Failures in a row that open it",
    timeout_seconds: "How long an open one refuses",
    half_open_max_calls: "Successes that close a half-open one",
  },
});

declare({
  schema: "nba_orchestration",
  name: "model_runs",
  description: "What became of each model in each run",
  columns: {
    run_id: "The run",
    model: "Dataset and table of the model",
    type: "table, incremental, view, assertion or operations",
    status: "success, unchanged, skipped, blocked or failed",
    partitions: "What was decided of which dates, JSON",
    rows_inserted: "Rows that are new",
    rows_updated: "Rows that changed",
    rows_refreshed: "Rows of which only tracking columns changed",
    rows_deleted: "Rows that are gone",
    rows_unchanged: "Rows that were computed and left alone",
    duration_ms: "How long it took",
    error: "Why it failed",
    finished_at: "When it ended",
    jobs: "Jobs of the engine; NULL where it keeps no account",
    bytes_processed: "Bytes that they read",
    bytes_billed: "Bytes that they were billed for",
    slot_ms: "Milliseconds of all their slots",
  },
});

declare({
  schema: "nba_orchestration",
  name: "model_failures",
  description: "What stands failed: the partitions of models that could not be built; a success takes the row away",
  columns: {
    model: "Dataset and table of the model",
    partition: "The date, or *",
    partition_date: "The date; NULL for what is no date",
    category: "MISSING_DEPENDENCY, MINIMUM_THRESHOLD_NOT_MET, CIRCUIT_BREAKER_ACTIVE, PROCESSING_ERROR or UNKNOWN",
    reason: "The message of the run",
    can_retry: "The same attempt may succeed later",
    run_id: "The run that failed",
    failed_at: "When it failed",
  },
});
