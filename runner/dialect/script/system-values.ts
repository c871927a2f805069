import type { Expr } from "../../googlesql/ast.js";
import { SYSTEM_VARIABLES, systemVariable } from "../../googlesql/system-variables.js";
import type { SqlValue } from "../../port/port.js";
import type { SqlType } from "../../port/sql-types.js";
import { quoteString } from "../print/sql.js";
import { isTimeZone } from "../runtime/js/time-zone.js";
import { parseExpressionText, SqlProblem, systemVariablesIn, translateExpression, unsupported } from "../script.js";
import type { ScriptError } from "./errors.js";
import { systemKey } from "./frames.js";
import type { ScriptHost } from "./host.js";

const TYPES: ReadonlyMap<string, SqlType> = new Map(SYSTEM_VARIABLES.map(({ name, type }) => [name, type]));

/** Values that a script has unless it sets others; those of the rest are the host's to know. */
const INITIAL: Readonly<Record<string, string>> = {
  query_label: "NULL",
  reservation: "NULL",
  row_count: "NULL",
  time_zone: "'UTC'",
  "error.message": "NULL",
  "error.statement_text": "NULL",
  "error.stack_trace": "NULL",
  "error.formatted_stack_trace": "NULL",
};

/** An offset from UTC as a time zone. */
const OFFSET = /^(?:UTC)?[+-]\d{1,2}(?::\d{2})?$/;

/** The `@@` variables of one script or session. A value is worked out when a statement asks for it. */
export class SystemValues {
  /** DuckDB texts, by name. */
  readonly #own = new Map<string, string>();
  #dataset: string | undefined;
  #project: string | undefined;
  #zone: string | undefined;
  #error: ScriptError | undefined;

  constructor(
    readonly host: ScriptHost,
    dataset: string | undefined,
  ) {
    this.#dataset = dataset;
  }

  /** The dataset of names without one. */
  get dataset(): string | undefined {
    return this.#dataset;
  }

  /** The project of names without one, where a script has set it. */
  get project(): string | undefined {
    return this.#project;
  }

  /** The default time zone; undefined: UTC. */
  get timeZone(): string | undefined {
    return this.#zone;
  }

  /** Names without a dataset are of this one from now on. */
  useDataset(dataset: string | undefined): void {
    this.#dataset = dataset;
    this.host.usesDataset?.(dataset);
    this.#own.delete("dataset_id");
  }

  /** Gives the variables that a tree reads their values. */
  async provide(tree: object): Promise<void> {
    for (const [name, span] of systemVariablesIn(tree)) {
      const value = this.#own.get(name) ?? this.#chosen(name) ?? INITIAL[name] ?? (await this.#hosts(name, span));
      await this.host.setVariable(systemKey(name), value);
    }
  }

  /** The dataset that whoever runs the script has chosen for it. */
  #chosen(name: string): string | undefined {
    return name === "dataset_id" && this.#dataset !== undefined ? quoteString(this.#dataset) : undefined;
  }

  async #hosts(name: string, span: { start: number; end: number }): Promise<string> {
    const value = await this.host.systemVariable?.(name);
    if (value === undefined) throw unsupported(`System variable @@${name} outside of \`serve\``, span);
    const context = { catalog: await this.host.catalog(), variables: undefined };
    return translateExpression(parseExpressionText(value), TYPES.get(name), context).sql;
  }

  /**
   * SET of a system variable.
   * @param target `@@time_zone`
   */
  async set(target: string, value: SqlValue, expr: Expr): Promise<void> {
    const name = systemVariable(target)?.name ?? "";
    const text = value === null ? undefined : String(value);
    switch (name) {
      case "dataset_id":
        this.useDataset(text);
        break;
      case "dataset_project_id":
        this.#project = text;
        break;
      case "time_zone":
        if (text === undefined || !(isTimeZone(text) || OFFSET.test(text)))
          throw new SqlProblem("analysis", `Invalid time zone: ${text ?? "NULL"}`, expr);
        this.#zone = text === "UTC" ? undefined : text;
        break;
      case "location":
        await this.#requireLocation(text, expr);
        break;
      case "query_label":
        this.#label(text === undefined ? {} : labelsOf(text, expr));
        break;
    }
    // Without a project of its own a name is of the project that asks.
    if (name === "dataset_project_id" && text === undefined) this.#own.delete(name);
    else this.#own.set(name, text === undefined ? "NULL" : quoteString(text));
  }

  #label(labels: Readonly<Record<string, string>>): void {
    this.host.usesLabel?.(labels);
  }

  /** Data is in one place here: a script may say where, and not go elsewhere. */
  async #requireLocation(location: string | undefined, expr: Expr): Promise<void> {
    if (expr.kind !== "string") throw new SqlProblem("analysis", "@@location takes a string literal", expr);
    const here = await this.host.value(`SELECT ${await this.#hosts("location", expr)}`);
    if (String(here).toUpperCase() === location?.toUpperCase()) return;
    throw new SqlProblem("analysis", `@@location is ${location}, but the query runs in ${here}`, expr);
  }

  /** Rows that the last statement has changed. */
  set rowCount(rows: number) {
    this.#own.set("row_count", `${rows}::BIGINT`);
  }

  get error(): ScriptError | undefined {
    return this.#error;
  }

  /** What an EXCEPTION part handles; undefined: nothing any more. */
  set error(error: ScriptError | undefined) {
    this.#error = error;
    for (const name of TYPES.keys()) if (name.startsWith("error.")) this.#own.delete(name);
    if (error === undefined) return;
    const { message, statementText, places } = error;
    const frames = places.map(
      ({ line, column, location }) =>
        `struct_pack(${[
          `"line" := ${line}::BIGINT`,
          `"column" := ${column}::BIGINT`,
          `"filename" := NULL::VARCHAR`,
          `"location" := ${location === undefined ? "NULL::VARCHAR" : quoteString(location)}`,
        ].join(", ")})`,
    );
    const lines = places.map(({ line, column, location = "" }) => `At ${location}[${line}:${column}]`);
    this.#own.set("error.message", quoteString(handledMessage(message)));
    this.#own.set("error.statement_text", quoteString(statementText));
    this.#own.set("error.stack_trace", `[${frames.join(", ")}]`);
    this.#own.set("error.formatted_stack_trace", quoteString(lines.join("\n")));
  }
}

/** What a handler reads of a table that is missing: BigQuery's words, for which scripts look. */
function handledMessage(message: string): string {
  return message.replace(/^Table not found: ([^;]+?)(;|$)/, "Not found: Table $1 was not found$2");
}

/**
 * `key:value` pairs with commas between them.
 * https://cloud.google.com/bigquery/docs/adding-labels#adding-label-to-session
 */
function labelsOf(text: string, expr: Expr): Readonly<Record<string, string>> {
  const pairs = text.split(",").map((pair) => pair.trim());
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const match = /^([a-z][a-z0-9_-]{0,62})(?::([a-z0-9_-]{0,63}))?$/.exec(pair);
    if (match === null) throw new SqlProblem("analysis", `Invalid value for @@query_label: ${text}`, expr);
    labels[match[1] as string] = match[2] ?? "";
  }
  return labels;
}
