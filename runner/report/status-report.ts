import { shownPath } from "./shown-path.js";
import type { StatusDocument } from "./status-document.js";
import { alignColumns, type Colors, count, duration, plainLine, plural, wrapLine } from "./text.js";

/** Rows of one part of the screen; what does not fit is told by its number. */
const SHOWN = 6;
/** Lines that one row may take; what is longer ends with dots, behind a word. */
const ROW_LINES = 2;

/**
 * The status on one screen.
 * @param width columns of the screen
 */
export function statusLines(status: StatusDocument, colors: Colors, width: number): string[] {
  const { warehouse } = status;
  const lines = [
    [`${shortTime(status.at)} UTC`, warehouse.target, shownPath(warehouse.path)].join(" | "),
    ...heldLine(status),
    ...modelLines(status),
    ...breakerLines(status),
    ...gateLines(status),
    ...sourceLines(status),
    ...alertLines(status),
    ...runLines(status),
    ...executionLines(status),
  ];
  return lines.flatMap((line) => {
    const [first = "", ...rest] = fitted(plainEnd(line), width);
    return [paint(first, colors), ...rest];
  });
}

function heldLine({ warehouse, as_of, at }: StatusDocument): string[] {
  const { state, holder } = warehouse;
  if (state !== "held") return [];
  const who = holder === null ? "another process" : `process ${holder.pid}`;
  const what = holder?.command == null ? "" : `, fastbreak ${holder.command} since ${shortTime(holder.since ?? "")}`;
  const since = as_of === "run" ? "as the last run left it" : "as the last status told it";
  return [part("held", `by ${who}${what}; below: ${since}, ${shortTime(at)}`)];
}

function modelLines({ models, window, missing_sources }: StatusDocument): string[] {
  const { fresh, stale, failed, blocked_behind: blocked } = models;
  const roots = stale.filter(({ behind }) => !behind);
  const behind = stale.length - roots.length;
  const parts = [
    `${count(fresh)} fresh`,
    stale.length === 0 ? "none stale" : `${count(stale.length)} stale`,
    failed.length === 0 ? "" : `${count(failed.length)} failed`,
    blocked === 0 ? "" : `${count(blocked)} not run`,
  ].filter((text) => text !== "");
  const of = window === null ? "" : `${shortWindow(window)}: `;
  return [
    part("actions", `${of}${parts.join(", ")}`),
    ...rows(failed, "FAIL", ({ name, at, error }) => [name, shortTime(at), error]),
    ...rows(byWhy(roots), "stale", (cells) => cells),
    ...(behind === 0 ? [] : [row("stale", `${count(behind)} more behind ${roots.length === 1 ? "it" : "them"}`)]),
    ...rows(missing_sources, "lacks", (name) => [name, "is read and not in the warehouse"]),
  ];
}

/** What is stale for one reason, in one row. */
function byWhy(stale: StatusDocument["models"]["stale"]): readonly string[][] {
  const groups = new Map<string, { name: string; partitions: string; number: number }>();
  for (const { name, partitions, why } of stale) {
    const group = groups.get(why);
    if (group === undefined) groups.set(why, { name, partitions, number: 1 });
    else groups.set(why, { ...group, partitions: "", number: group.number + 1 });
  }
  return [...groups].map(([why, { name, partitions, number }]) => [
    number === 1 ? name : `${name} and ${count(number - 1)} more`,
    // Why is worth more than how much: a narrow screen cuts the end.
    why,
    partitions,
  ]);
}

function breakerLines({ breakers }: StatusDocument): string[] {
  const troubled = breakers.filter(({ state }) => state !== "CLOSED");
  const counting = breakers.filter(({ state, failures }) => state === "CLOSED" && failures > 0);
  if (breakers.length === 0) return [part("breakers", "none open")];
  const open = troubled.length === 0 ? "none open" : `${count(troubled.length)} open or half open`;
  return [
    part("breakers", `${open}${counting.length === 0 ? "" : `, ${count(counting.length)} counting failures`}`),
    ...rows(troubled, "OPEN", ({ name, state, failures, refuses_until, last_error }) => [
      name,
      state === "HALF_OPEN"
        ? "half open"
        : refuses_until === null
          ? "next attempt now"
          : `until ${shortTime(refuses_until)}`,
      plural(failures, "failure"),
      last_error ?? "",
    ]),
  ];
}

function gateLines({ gate }: StatusDocument): string[] {
  if (gate === null) return [];
  const verdict = gate.ready
    ? "ready"
    : `not ready: ${gate.reasons.length} of ${plural(gate.criteria, "criterion").replace("criterions", "criteria")} fail`;
  return [part("gate", `${gate.date} ${verdict}`), ...rows([...new Set(gate.reasons)], "FAIL", (reason) => [reason])];
}

function sourceLines({ sources }: StatusDocument): string[] {
  if (sources.length === 0) return [];
  const states = ["fresh", "stale", "unknown", "empty", "missing"] as const;
  const told = states.flatMap((state) => {
    const number = sources.filter((source) => source.state === state).length;
    return number === 0 ? [] : [`${count(number)} ${state}`];
  });
  const old = sources.filter(({ state }) => state !== "fresh");
  return [
    part("sources", told.join(", ")),
    ...rows(old, "old", ({ reason, max_age_hours }) => [reason ?? "", `at most ${max_age_hours} h`]),
  ];
}

function alertLines({ alerts }: StatusDocument): string[] {
  if (alerts.length === 0) return [];
  return [
    part("alerts", `${count(alerts.length)} open`),
    ...rows(alerts, "alert", ({ severity, name, date, message }) => [severity, name, date ?? "", message]),
  ];
}

function runLines({ runs }: StatusDocument): string[] {
  if (runs.length === 0) return [part("runs", "none yet")];
  const cells = runs.map(({ started_at, finished_at, status, window, totals }) => [
    shortTime(started_at),
    window === null ? "" : shortWindow(window),
    status,
    finished_at === null ? "" : duration(Date.parse(finished_at) - Date.parse(started_at)),
    ...[totals.run, totals.skipped, (totals.failed ?? 0) + (totals.blocked ?? 0), totals.rows_written].map((number) =>
      Object.keys(totals).length === 0 ? "" : count(number ?? 0),
    ),
  ]);
  const header = ["runs", "window", "status", "time", "ran", "skip", "fail", "rows"];
  const [first = "", ...rest] = alignColumns([header, ...cells], new Set([3, 4, 5, 6, 7]));
  return [first, ...rest];
}

/** `2021-10-19..11-15`, the year of its end where it is another one. */
function shortWindow({ from, to }: { readonly from: string; readonly to: string }): string {
  if (from === to) return from;
  return `${from}..${from.slice(0, 5) === to.slice(0, 5) ? to.slice(5) : to}`;
}

function executionLines({ executions }: StatusDocument): string[] {
  if (executions === null) return [];
  const cells = executions.map(({ name, finished_at, status, duration_ms, rows_written, error }) => [
    name,
    shortTime(finished_at),
    status,
    duration(duration_ms),
    error ?? plural(rows_written, "row"),
  ]);
  return [part("executions", cells.length === 0 ? "none yet" : ""), ...alignColumns(cells).map((line) => `  ${line}`)];
}

/** A part of the screen begins. */
function part(name: string, rest: string): string {
  return `${name.padEnd(10)} ${rest}`.trimEnd();
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(6)} ${text}`;
}

function rows<T>(items: readonly T[], label: string, cells: (item: T) => readonly string[]): string[] {
  const shown = items.length > SHOWN ? items.slice(0, SHOWN - 1) : items;
  const told = alignColumns(shown.map((item) => cells(item).map(plainLine))).map((line) => row(label, line));
  return shown.length === items.length ? told : [...told, row(label, `${count(items.length - shown.length)} more`)];
}

/** Control characters, and with them escape sequences, become spaces; what stands before the first word stays. */
function plainEnd(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? "";
  return `${indent}${plainLine(line.slice(indent.length))}`;
}

/** A line in as many as a row may take, broken between words. */
function fitted(line: string, width: number): string[] {
  const lines = wrapLine(line, width, row("", "").length);
  const last = lines[ROW_LINES - 1];
  if (lines.length <= ROW_LINES || last === undefined) return lines;
  const [ended = ""] = wrapLine(last, width - DOTS.length);
  return [...lines.slice(0, ROW_LINES - 1), `${ended}${DOTS}`];
}

const DOTS = " ...";

function paint(line: string, colors: Colors): string {
  const [, indent = "", label = "", rest = ""] = /^( *)(\S+)(.*)$/s.exec(line) ?? [];
  if (indent === "  " && (label === "FAIL" || label === "OPEN")) return `${indent}${colors.red(label)}${rest}`;
  if (indent === "  " && rest !== "") return `${indent}${colors.yellow(label)}${rest}`;
  return indent === "" ? `${colors.bold(label)}${rest}` : line;
}

/** `2021-11-15 06:12` of an ISO time. */
function shortTime(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
