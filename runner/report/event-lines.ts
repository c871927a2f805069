import type { AlertNotice, RunEvent } from "../events/events.js";
import { foundRowsText } from "../events/found-rows.js";
import { costText, count, plural } from "./text.js";

/** A line for each event that a person should see though nothing failed, with its kind; undefined: the event has none. */
export function eventLine(event: RunEvent): { readonly kind: "warning" | "note"; readonly text: string } | undefined {
  switch (event.event) {
    case "left_out": {
      const named = event.actions.map(({ what, key }) => `${what} ${key}`);
      return note(`not run, as by the Dataform CLI: ${some(named)}; what they make must be there`);
    }
    case "undeclared_read":
      return note(
        `${event.reader} reads ${event.table}, which the project does not declare; it is watched like a source`,
      );
    case "sources_missing": {
      const tables = event.sources.map(({ table }) => table);
      const what = tables.length === 1 ? "is not in the warehouse" : "are not in the warehouse";
      const readers = new Set(event.sources.flatMap((source) => source.readers)).size;
      const stray = event.sources.find(({ declared }) => !declared);
      const advice = stray === undefined ? "load them first" : `load them first, or correct the name ${stray.table}`;
      return warning(`${all(tables)} ${what}: ${plural(readers, "action")} cannot run; ${advice}`);
    }
    case "cost_estimated": {
      const unknown = event.unknown === 0 ? "" : `; of ${plural(event.unknown, "more action")} nobody can tell yet`;
      const saved = event.savedBytes === 0 ? "" : `; skipping saves ${costText(event.savedBytes, event.savedDollars)}`;
      const what = event.bytes === 0 ? "nothing" : costText(event.bytes, event.dollars);
      return note(`queries would process ${what}${unknown}${saved}`);
    }
    case "partition_lost":
      return note(
        `${event.table} was partitioned by ${event.column}, which is no DATE column of it any more; it is compared as a whole, and every change of it rebuilds all that reads it. If it has another such column, say it in fastbreak.json: "sources": {"${event.table}": {"partition": ...}}`,
      );
    case "left_stale":
      return note(`the selection leaves ${event.actions.length} stale: ${some(event.actions)}`);
    case "history_kept":
      return note(
        `the code of ${event.key} changed; its new rows come from it, those that are there stay (--full-refresh makes them anew)`,
      );
    case "relation_differs":
      return note(`${event.key}: a run sets ${event.what.join(", ")}, and leaves its rows as they are`);
    case "relation_described":
      return note(`${event.key}: ${event.what.join(", ")} set`);
    case "rests_on_stale":
      return warning(
        `${event.key} rests on stale rows of ${some(event.upstreams)}; run again without --no-upstream, or mend what failed`,
      );
    case "assertion_found_rows":
      return warning(
        `${event.key} ${event.standing ? "still finds" : "finds"}, for example, ${event.example}${event.found === undefined ? "" : ` (${foundRowsText(event.found)})`}`,
      );
    case "circuit_opened":
      return warning(`circuit of ${event.key} opened after ${plural(event.failures, "failure")} in a row`);
    case "circuit_closed":
      return note(`circuit of ${event.key} closed`);
    case "circuits_unreadable":
      return warning(`the circuit breakers cannot be read and count as closed: ${event.message}`);
    case "circuit_unwritable":
      return warning(`the circuit breaker of ${event.key} cannot be written: ${event.message}`);
    case "rows_quarantined": {
      const some = event.kept < event.rows ? `; the first ${event.kept} are kept` : "";
      return note(`${plural(event.rows, "row")} that ${event.key} found${some}: fastbreak query "${event.query}"`);
    }
    case "alert_opened":
      return warning(`alert ${alertText(event.alert)}`);
    case "alert_resolved":
      return note(`alert resolved (${event.resolution}): ${alertText(event.alert)}`);
    case "alert_rule_failed":
      return warning(`the alert rule ${event.rule} could not be asked: ${event.message}`);
    case "alert_undelivered":
      return warning(`alerts did not reach ${event.sink}: ${event.message}`);
    case "failures_unwritable":
      return warning(`the failure of ${event.key} cannot be kept: ${event.message}`);
    case "run_interrupted":
      return warning(
        `interrupted by ${event.signal}: ${plural(event.published, "action")} ran and stand as published, ${count(event.rolledBack)} rolled back, ${count(event.notBegun)} not begun; the next run continues`,
      );
    default:
      return undefined;
  }
}

/** `critical P0 name of 2021-11-15: message` */
export function alertText({ severity, level, name, date, message }: AlertNotice): string {
  const graded = level === undefined ? severity : `${severity} ${level}`;
  return `${graded} ${name}${date === undefined ? "" : ` of ${date}`}: ${message}`;
}

function note(text: string) {
  return { kind: "note" as const, text };
}

function warning(text: string) {
  return { kind: "warning" as const, text };
}

/** The first of many names. */
function some(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return `${names.slice(0, 5).join(", ")}${more}`;
}

/** Many names, as many as a line can hold. */
function all(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
