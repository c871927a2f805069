import type { Completion } from "../plan/completion.js";
import type { Orchestration } from "../project/orchestration-settings.js";
import type { Night } from "../session/night.js";
import type { Message } from "../state/messages.js";
import { alignColumns, foldRows, plainLine, plural } from "./text.js";

/** The JSON document of `orchestrate --json`. */
export function nightJson({ strategy, status, dependencies, gate, result, errors }: Night): object {
  return {
    ...result,
    strategy,
    status,
    dependencies,
    gate: gate === undefined ? null : { ready: gate.gate.ready, stale: gate.stale },
    errors,
  };
}

/** A night in a few lines. */
export function nightLines({ date, strategy, status, dependencies, gate, result, errors }: Night): string[] {
  const { skipped } = dependencies;
  const steps = Object.entries(dependencies.row_counts).map(([name, rows]) => [
    `  ${rows > 0 ? "ok     " : skipped[name] === undefined ? "missing" : "skipped"}`,
    name,
    skipped[name] ?? plural(rows, "row"),
  ]);
  if (status === "skipped")
    return [
      ...alignColumns(steps),
      `${date} (${strategy}): nothing was run: ${String(result.skip_reason)} (--no-skips runs it all the same)`,
    ];
  const fields = Object.entries(result).filter(([name]) => name !== "analysis_date" && name !== "status");
  return [
    ...alignColumns(steps),
    ...errors.map((error) => `  ${plainLine(error)}`),
    `${date} (${strategy}): ${WORDS[status]}${gate === undefined ? "" : gate.gate.ready ? ", gate open" : status === "gate_closed" ? ", gate closed" : ", gate overridden"}`,
    `  ${fields.map(([name, value]) => `${name} ${String(value)}`).join(", ")}`,
  ];
}

const WORDS: Readonly<Record<Night["status"], string>> = {
  success: "done",
  skipped: "nothing was run",
  failed: "something failed",
  missing: "steps are missing",
  gate_closed: "not ready for what comes behind",
};

interface State {
  readonly messages: readonly Message[];
  readonly completions: readonly Completion[];
  readonly triggeredAt: string | undefined;
}

/** The JSON document of `orchestrate --show --json`. */
export function stateJson(date: string, night: Orchestration, { messages, completions, triggeredAt }: State): object {
  return {
    analysis_date: date,
    required: Object.keys(night.steps),
    completions: completions.map(({ processor, completedAt, status, rowCount }) => ({
      processor,
      completed_at: completedAt,
      status,
      row_count: rowCount,
    })),
    triggered_at: triggeredAt ?? null,
    messages: messages.map(({ topic, publishedAt, data }) => ({ topic, published_at: publishedAt, data })),
  };
}

/** The messages and the completion state of a date. */
export function stateLines(
  date: string,
  night: Orchestration,
  { messages, completions, triggeredAt }: State,
  width: number,
): string[] {
  const known = new Map(completions.map((completion) => [completion.processor, completion]));
  return [
    ...alignColumns(
      Object.keys(night.steps).map((name) => {
        const completion = known.get(name);
        return completion === undefined
          ? [`  ${name}`, "waiting"]
          : [`  ${name}`, completion.status, plural(completion.rowCount, "row"), clock(completion.completedAt)];
      }),
    ),
    `${date}: ${triggeredAt === undefined ? `${night.target.model} was not started` : `${night.target.model} started ${clock(triggeredAt)}`}`,
    ...foldRows(
      messages.map(({ topic, publishedAt, data }) => ({
        cells: [`  ${clock(publishedAt)}`, topic],
        tail: Object.entries(data)
          .map(([name, value]) => `${name}: ${plainLine(typeof value === "string" ? value : JSON.stringify(value))}`)
          .join(", "),
      })),
      width,
      4,
    ),
  ];
}

function clock(time: string): string {
  return `${time.slice(0, 19).replace("T", " ")} UTC`;
}
