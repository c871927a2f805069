import type { LeftOut } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import type { DateRange, PublishCounts, WorkSpent } from "../port/port.js";
import type { FoundRows } from "./found-rows.js";

/** `unchanged`: it ran and published nothing. `blocked`: a gate or a failed upstream kept it from being published. */
export type ActionStatus = "success" | "unchanged" | "skipped" | "failed" | "blocked";

/** How one action ended. */
export interface ActionResult {
  readonly key: string;
  readonly type: string;
  readonly partitions: readonly PartitionDecision[];
  readonly status: ActionStatus;
  readonly counts: PublishCounts | undefined;
  /** When it left the queue; undefined: it never did. */
  readonly startedAt: string | undefined;
  readonly durationMs: number;
  /** How much of it went into writing rows that were computed; undefined: it wrote none. */
  readonly writeMs?: number | undefined;
  /** What the engine says it has cost, with the assertions that guard it; undefined: it says nothing, or nothing ran. */
  readonly spent?: WorkSpent | undefined;
  /** Digest of what it ran: its SQL and everything that decides it. */
  readonly configHash: string;
  readonly error: string | undefined;
}

/**
 * Everything that happens in a run, in order. Terminal, JSON, artifact, run tables and exit code render or reduce these and know nothing
 * else; times are ISO 8601 in UTC.
 */
export type RunEvent =
  /** The project is known, the window is fixed, nothing has run. */
  | {
      readonly event: "run_started";
      readonly runId: string;
      readonly command: string;
      readonly startedAt: string;
      readonly target: string;
      readonly window: DateRange | undefined;
      readonly actions: number;
      /** False: a stored manifest was used. */
      readonly compiled: boolean;
      /** The process that runs it, told from every other one. */
      readonly process: string;
    }
  /** The project has actions that are no SQL: nothing runs them here. */
  | { readonly event: "left_out"; readonly actions: readonly LeftOut[] }
  /** A table is read that the project neither makes nor declares; it is watched like a source. */
  | { readonly event: "undeclared_read"; readonly reader: string; readonly table: string }
  /** Relations are read that are not there and that nobody makes: their readers fail. */
  | { readonly event: "sources_missing"; readonly sources: readonly AbsentSource[] }
  /** What the queries of a plan would process, and what those that are skipped would; hashing and comparing come besides. */
  | {
      readonly event: "cost_estimated";
      readonly actions: readonly { readonly key: string; readonly runs: boolean; readonly bytes: number | undefined }[];
      readonly bytes: number;
      readonly savedBytes: number;
      /** Actions to run of which nobody can tell before those in front of them have run. */
      readonly unknown: number;
      readonly dollars: number;
      readonly savedDollars: number;
    }
  /** A table of others is compared as a whole: nothing says any more by which column it is partitioned. */
  | { readonly event: "partition_lost"; readonly table: string; readonly column: string }
  /** The selection leaves stale actions as they are. */
  | { readonly event: "left_stale"; readonly actions: readonly string[] }
  /** An action leaves the queue and opens its transaction. */
  | { readonly event: "action_started"; readonly key: string; readonly type: string; readonly partitions: number }
  /** An action has come to its next step: its rows are computed, written, or asked for by the assertions that guard it. */
  | {
      readonly event: "action_step";
      readonly key: string;
      readonly step: "computing" | "writing" | "checking";
      /** Partitions of this batch. */
      readonly partitions: number;
      /** Rows that were computed, or assertions that are asked; undefined: nobody knows yet. */
      readonly count: number | undefined;
    }
  /** Only rows of some keys are computed, of so many slices of all keys: no row of another key has moved in any input. */
  | {
      readonly event: "keys_computed";
      readonly key: string;
      readonly column: string;
      readonly slices: number;
      readonly of: number;
    }
  /** The code of an accumulating model changed: new rows come from it, the rows that are there stay. */
  | { readonly event: "history_kept"; readonly key: string }
  /** What stands on a relation besides its rows is not as the project wants it, and a run would set it; its rows stay as they are. */
  | { readonly event: "relation_differs"; readonly key: string; readonly what: readonly string[] }
  /** What stands on a relation besides its rows was made as the project wants it. */
  | { readonly event: "relation_described"; readonly key: string; readonly what: readonly string[] }
  /** Partitions were built, or left as they are, on upstream partitions that are stale or missing. */
  | { readonly event: "rests_on_stale"; readonly key: string; readonly upstreams: readonly string[] }
  /** An assertion that only reports found rows, now or when it was last asked. */
  | {
      readonly event: "assertion_found_rows";
      readonly key: string;
      readonly example: string;
      /** How many rows, and of which dates; undefined: nobody counted when it was asked. */
      readonly found?: FoundRows;
      /** It was not asked again, because nothing that it reads has changed. */
      readonly standing: boolean;
    }
  /** A model failed so often in a row that it is not tried for a while. */
  | { readonly event: "circuit_opened"; readonly key: string; readonly failures: number }
  /** A model whose circuit was open or half open works again. */
  | { readonly event: "circuit_closed"; readonly key: string }
  /** No circuit could be read: all count as closed. */
  | { readonly event: "circuits_unreadable"; readonly message: string }
  /** What became of a model's circuit could not be written. */
  | { readonly event: "circuit_unwritable"; readonly key: string; readonly message: string }
  /** What an assertion found, and what kept a model from being published, is kept; the query shows it. */
  | {
      readonly event: "rows_quarantined";
      readonly key: string;
      readonly model: string | undefined;
      readonly rows: number;
      /** How many of them can be read. */
      readonly kept: number;
      readonly query: string;
    }
  /** A rule found something that nobody was told of yet. */
  | { readonly event: "alert_opened"; readonly alert: AlertNotice }
  /** A rule does not find it any more. */
  | { readonly event: "alert_resolved"; readonly alert: AlertNotice; readonly resolution: string }
  /** A rule could not be asked. */
  | { readonly event: "alert_rule_failed"; readonly rule: string; readonly message: string }
  /** A notice did not reach a receiver; it is sent again with the next ones. */
  | { readonly event: "alert_undelivered"; readonly sink: string; readonly message: string }
  /** What stands failed, or in quarantine, could not be written. */
  | { readonly event: "failures_unwritable"; readonly key: string; readonly message: string }
  /** An action has ended, one way or another. */
  | { readonly event: "action_finished"; readonly result: ActionResult }
  /** Somebody wants the run to stop: nothing more is begun, and what was not published is rolled back. */
  | {
      readonly event: "run_interrupted";
      readonly signal: string;
      /** Actions that ran and stand, that were rolled back, and that were not begun. */
      readonly published: number;
      readonly rolledBack: number;
      readonly notBegun: number;
    }
  /** All actions have ended. */
  | { readonly event: "run_finished"; readonly finishedAt: string; readonly durationMs: number };

/** An alert as people are told of it. */
export interface AlertNotice {
  readonly id: string;
  readonly name: string;
  readonly severity: "critical" | "error" | "warning" | "info";
  /** The incident that it is, such as P0. */
  readonly level: string | undefined;
  readonly channel: string | undefined;
  readonly message: string;
  readonly date: string | undefined;
  readonly value: number | undefined;
}

/** A relation that is read, that nobody makes and that is not there. */
export interface AbsentSource {
  readonly table: string;
  readonly declared: boolean;
  readonly readers: readonly string[];
}

export type EventListener = (event: RunEvent) => void;
