import * as v from "valibot";
import type { ProjectPlan } from "../decide/plan-project.js";
import type { ActionResult } from "../events/events.js";
import type { RunRecord } from "../events/run-record.js";
import { freshnessReason } from "../gate/freshness.js";
import type { PartitionDecision } from "../graph/decision.js";
import { traitsOf } from "../graph/reasons.js";
import { refusedUntil } from "../plan/breaker.js";
import type { FactsAfterRun, StatusFacts } from "../session/collect-status.js";
import type { StoredBreaker } from "../state/breaker-state.js";
import type { OpenAlert } from "../state/open-alerts.js";
import type { PastResult, PastRun } from "../state/run-log.js";
import { describeDecisions, describePartitions } from "./decisions.js";

const text = v.string();
const orNull = <const S extends v.GenericSchema>(schema: S) => v.nullable(schema);

/** What `fastbreak status --json` prints, and what `.fastbreak/status.json` keeps for readers that must not open the database. */
const statusSchema = v.object({
  /** When it was so, ISO 8601 in UTC. */
  at: text,
  /** `run`: as the last run left it, and nothing that it was not asked for. */
  as_of: v.picklist(["now", "run"]),
  warehouse: v.object({
    target: text,
    path: text,
    state: v.picklist(["open", "missing", "held"]),
    holder: orNull(v.object({ pid: v.number(), command: orNull(text), since: orNull(text) })),
  }),
  window: orNull(v.object({ from: text, to: text })),
  models: v.object({
    fresh: v.number(),
    /** `behind`: only because something before it is. */
    stale: v.array(v.object({ name: text, type: text, partitions: text, why: text, behind: v.boolean() })),
    failed: v.array(v.object({ name: text, status: text, run_id: text, at: text, error: text })),
    /** Actions that did not run because one before them failed. */
    blocked_behind: v.number(),
  }),
  breakers: v.array(
    v.object({
      name: text,
      state: text,
      failures: v.number(),
      refuses_until: orNull(text),
      last_error: orNull(text),
    }),
  ),
  gate: orNull(v.object({ date: text, ready: v.boolean(), criteria: v.number(), reasons: v.array(text) })),
  sources: v.array(
    v.object({
      name: text,
      state: v.picklist(["fresh", "stale", "missing", "empty", "unknown"]),
      by: v.picklist(["loaded_at", "last_write"]),
      newest: orNull(text),
      age_hours: orNull(v.number()),
      max_age_hours: v.number(),
      reason: orNull(text),
    }),
  ),
  missing_sources: v.array(text),
  alerts: v.array(v.object({ name: text, severity: text, message: text, date: orNull(text), created_at: text })),
  runs: v.array(
    v.object({
      run_id: text,
      command: text,
      status: text,
      started_at: text,
      finished_at: orNull(text),
      window: orNull(v.object({ from: text, to: text })),
      totals: v.record(text, v.number()),
    }),
  ),
  executions: orNull(
    v.array(
      v.object({
        name: text,
        run_id: text,
        status: text,
        finished_at: text,
        duration_ms: v.number(),
        rows_written: v.number(),
        error: orNull(text),
      }),
    ),
  ),
});

export type StatusDocument = v.InferOutput<typeof statusSchema>;

type Where = Pick<StatusDocument, "at" | "warehouse">;

/** A document that was kept; undefined for what is none. */
export function parseStatusDocument(value: unknown): StatusDocument | undefined {
  const result = v.safeParse(statusSchema, value);
  return result.success ? result.output : undefined;
}

/** The status of a warehouse that could be asked. */
export function statusDocument(facts: StatusFacts, where: Where): StatusDocument {
  const { plan, runs, results, failing, tries, gate, sources } = facts;
  const kinds = new Map(plan.project.actions.map(({ node }) => [node.key, node.kind]));
  // A model that failed may be right again without a new try: its inputs are what they were before.
  const stands = ({ model }: PastResult) => kinds.has(model) && (kinds.get(model) !== "model" || failing.has(model));
  return {
    ...where,
    as_of: "now",
    window: plan.window ?? null,
    models: { ...modelsOfPlan(plan), ...failuresOf(results.filter(stands)) },
    breakers: breakersJson(facts.breakers, where.at),
    gate:
      gate === undefined
        ? null
        : {
            date: gate.gate.date,
            ready: gate.gate.ready,
            criteria: gate.gate.verdicts.length,
            reasons: gate.gate.verdicts
              .filter(({ passed, severity }) => !passed && severity === "error")
              .map(({ reason, name }) => reason ?? name),
          },
    sources: sources.map((source) => ({
      name: source.source,
      state: source.state,
      by: source.by,
      newest: source.newest ?? null,
      age_hours: source.ageHours === undefined ? null : Math.round(source.ageHours * 10) / 10,
      max_age_hours: source.maxAgeHours,
      reason: source.state === "fresh" ? null : freshnessReason(source),
    })),
    missing_sources: plan.missing.filter(({ isAssertion }) => !isAssertion).map(({ key }) => key),
    alerts: alertsJson(facts.alerts),
    runs: runs.map(runJson),
    executions: tries?.map(executionJson) ?? null,
  };
}

/**
 * The status as a run leaves it; what it does not ask, the gate and the age of sources, is as it was told before.
 * @param facts undefined: the run wrote nothing, so that they are as before
 */
export function statusAfterRun(
  record: RunRecord,
  facts: FactsAfterRun | undefined,
  where: Where,
  before: StatusDocument | undefined,
): StatusDocument {
  return {
    ...where,
    as_of: "run",
    window: record.window ?? null,
    models: modelsOfRun(record),
    breakers: facts === undefined ? (before?.breakers ?? []) : breakersJson(facts.breakers, where.at),
    gate: before?.gate ?? null,
    sources: before?.sources ?? [],
    missing_sources: before?.missing_sources ?? [],
    alerts: facts === undefined ? (before?.alerts ?? []) : alertsJson(facts.alerts),
    runs: facts === undefined ? (before?.runs ?? []) : facts.runs.map(runJson),
    executions: null,
  };
}

function modelsOfPlan({ project, decisions }: ProjectPlan): Pick<StatusDocument["models"], "fresh" | "stale"> {
  const told = project.actions.map(({ node, type }) => ({
    key: node.key,
    type,
    partitions: decisions.get(node.key) ?? [],
  }));
  return freshAndStale(told);
}

function modelsOfRun({ runId, finishedAt, actions }: RunRecord): StatusDocument["models"] {
  const isBehind = ({ status, partitions }: ActionResult) =>
    status === "blocked" && partitions.every(({ reason }) => reason === "upstream_failed");
  const wrong = actions.filter(({ status }) => status === "failed" || status === "blocked");
  const kept = actions.map(({ status, ...action }) => ({
    ...action,
    // What ran is right now, whatever made it run.
    partitions: status === "success" || status === "unchanged" ? [] : action.partitions,
    isDone: status === "success" || status === "unchanged",
  }));
  return {
    ...freshAndStale(kept.filter(({ key }) => !wrong.some((action) => action.key === key))),
    failed: wrong
      .filter((action) => !isBehind(action))
      .map(({ key, status, error }) => ({
        name: key,
        status,
        run_id: runId,
        at: finishedAt ?? "",
        error: error ?? "",
      })),
    blocked_behind: wrong.filter(isBehind).length,
  };
}

interface Decided {
  readonly key: string;
  readonly type: string;
  readonly partitions: readonly PartitionDecision[];
  readonly isDone?: boolean;
}

function freshAndStale(told: readonly Decided[]): Pick<StatusDocument["models"], "fresh" | "stale"> {
  const stale = told.filter(({ partitions }) => partitions.some(isStale));
  const fresh = told.filter(
    ({ partitions, isDone = false }) =>
      isDone || (!partitions.some(isStale) && !partitions.every(({ reason }) => traitsOf(reason).leftOut)),
  );
  return {
    fresh: fresh.length,
    stale: stale.map(({ key, type, partitions }) => ({
      name: key,
      type,
      partitions: describePartitions(partitions),
      why: describeDecisions(partitions),
      behind: partitions.filter(isStale).every(isBehindOthers),
    })),
  };
}

function isStale({ decision, reason }: PartitionDecision): boolean {
  return decision === "run" || reason === "stale_upstream" || reason === "upstream_failed" || reason === "interrupted";
}

/** It runs because of what runs first. */
function isBehindOthers({ reason, evidence }: PartitionDecision): boolean {
  return reason === "stale_upstream" || reason === "upstream_failed" || evidence?.what === "upstream";
}

function failuresOf(results: readonly PastResult[]): Pick<StatusDocument["models"], "failed" | "blocked_behind"> {
  const wrong = results.filter(({ status }) => status === "failed" || status === "blocked");
  return {
    failed: wrong
      .filter(({ isConsequence }) => !isConsequence)
      .map(({ model, status, runId, finishedAt, error }) => ({
        name: model,
        status,
        run_id: runId,
        at: finishedAt,
        error: error ?? "",
      })),
    blocked_behind: wrong.filter(({ isConsequence }) => isConsequence).length,
  };
}

function breakersJson(breakers: readonly StoredBreaker[], now: string): StatusDocument["breakers"] {
  return breakers.map(({ name, breaker, settings }) => ({
    name,
    state: breaker.state,
    failures: breaker.failureCount,
    refuses_until: refusedUntil(breaker, settings, now) ?? null,
    last_error: breaker.history.at(-1)?.message ?? null,
  }));
}

function alertsJson(alerts: readonly OpenAlert[]): StatusDocument["alerts"] {
  return alerts.map(({ name, severity, message, date, createdAt }) => ({
    name,
    severity,
    message,
    date: date === "" ? null : date,
    created_at: createdAt,
  }));
}

function runJson({
  runId,
  command,
  status,
  startedAt,
  finishedAt,
  window,
  totals,
}: PastRun): StatusDocument["runs"][0] {
  return {
    run_id: runId,
    command,
    status,
    started_at: startedAt,
    finished_at: finishedAt ?? null,
    window: window ?? null,
    totals: { ...totals },
  };
}

function executionJson(result: PastResult): NonNullable<StatusDocument["executions"]>[0] {
  return {
    name: result.model,
    run_id: result.runId,
    status: result.status,
    finished_at: result.finishedAt,
    duration_ms: result.durationMs,
    rows_written: result.rowsWritten,
    error: result.error ?? null,
  };
}
