import * as v from "valibot";
import { alertSettings, knownAlertSettings } from "./alert-settings.js";
import { checkSettings } from "./check-settings.js";
import { orchestrations } from "./orchestration-settings.js";
import { wholeNumber } from "./whole-number.js";

/** A dataset or table name that every engine takes without quoting trouble. */
const datasetName = v.pipe(
  v.string("must be text"),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a dataset name (letters, digits and _)"),
);
const namePart = v.pipe(v.string("must be text"), v.regex(/^[A-Za-z0-9_]+$/, "must be letters, digits and _"));
const path = v.pipe(v.string("must be a path"), v.nonEmpty("must be a path"));
const text = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"));
/** Amounts of memory as a number with a unit, or a share of the machine's. */
export const MEMORY_FORM = /^(\d{1,6}(\.\d{1,3})?\s?[MGTmgt]i?[Bb]|([1-9]\d?|100)%)$/;

const limits = {
  target: v.optional(v.pipe(text, v.description("The engine: duckdb or bigquery."))),
  database: v.optional(v.pipe(path, v.description("The warehouse; a path is relative to the project."))),
  concurrency: v.optional(v.pipe(wholeNumber(1, 64), v.description("Actions that run at the same time."))),
  memory: v.optional(
    v.pipe(
      v.string("must be an amount such as 4GB or 50%"),
      v.regex(MEMORY_FORM, "must be an amount such as 4GB or 50%"),
      v.description("Memory that the engine may use, as 4GB or 50% of the machine's."),
    ),
  ),
  threads: v.optional(v.pipe(wholeNumber(1, 256), v.description("Threads that the engine may use."))),
};

const bytes = (what: string) =>
  v.optional(
    v.pipe(
      v.number("must be a whole number of bytes"),
      v.integer("must be a whole number of bytes"),
      v.minValue(0, "must be a whole number of bytes"),
      v.description(what),
    ),
  );

const bigquerySettings = v.strictObject(
  {
    project: v.optional(
      v.pipe(text, v.description("The project whose jobs run; default: that of the Dataform project.")),
    ),
    location: v.optional(v.pipe(text, v.description("Location of the data and of the jobs, as US or europe-west1."))),
    endpoint: v.optional(
      v.pipe(text, v.description("A server on this machine that speaks as BigQuery does, as http://127.0.0.1:9050.")),
    ),
    keyFile: v.optional(
      v.pipe(path, v.description("Key of a service account; default: application default credentials.")),
    ),
    impersonate: v.optional(v.pipe(text, v.description("E-mail of a service account to act as."))),
    maximumBytesBilled: bytes("A job that would bill more fails before it runs."),
    maximumBytesPerRun: bytes("A run that would process more is refused before its first job."),
    pricePerTiB: v.optional(
      v.pipe(
        v.number("must be a number"),
        v.minValue(0, "must be 0 or more"),
        v.description("US dollars; default: 6.25."),
      ),
    ),
    labels: v.optional(
      v.pipe(
        v.record(
          v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_-]{0,62}$/, "must be small letters, digits, - and _, at most 63")),
          v.pipe(
            v.string("must be text"),
            v.regex(/^[a-z0-9_-]{0,63}$/, "must be small letters, digits, - and _, at most 63"),
          ),
          "must be an object of texts",
        ),
        v.description("Labels of all jobs."),
      ),
    ),
    priority: v.optional(
      v.pipe(
        v.picklist(["interactive", "batch"], "must be interactive or batch"),
        v.description("Priority of the jobs."),
      ),
    ),
    reservation: v.optional(v.pipe(text, v.description("Reservation of the jobs."))),
    jobTimeoutSeconds: v.optional(v.pipe(wholeNumber(1, 86_400), v.description("A job that runs longer is stopped."))),
  },
  "must be an object of settings",
);

const bigquery = v.optional(v.pipe(bigquerySettings, v.description("How --target bigquery asks BigQuery.")));

const environment = v.strictObject(
  {
    ...limits,
    bigquery,
    schemaSuffix: v.optional(v.pipe(namePart, v.description("Appended, with _, to every dataset."))),
    databaseSuffix: v.optional(
      v.pipe(
        v.string("must be text"),
        v.regex(/^[a-z0-9-]+$/, "must be small letters, digits and -"),
        v.description("Appended, with _, to the database of every action."),
      ),
    ),
    tablePrefix: v.optional(v.pipe(namePart, v.description("Put, with _, before every table."))),
    defaultDatabase: v.optional(v.pipe(text, v.description("Database of actions that name none."))),
    defaultSchema: v.optional(v.pipe(namePart, v.description("Dataset of actions that name none."))),
    defaultLocation: v.optional(v.pipe(text, v.description("Location of the data."))),
    assertionSchema: v.optional(v.pipe(namePart, v.description("Dataset of the assertions."))),
    vars: v.optional(
      v.pipe(
        v.record(v.string(), v.string("must be text"), "must be an object of texts"),
        v.description("Project variables; texts, as in the Dataform CLI."),
      ),
    ),
  },
  "must be an object of settings",
);

const columnName = v.pipe(v.string("must be the name of a column"), v.nonEmpty("must be the name of a column"));

const source = v.strictObject({
  partition: v.optional(
    v.pipe(
      columnName,
      v.description("The DATE column by which the table is compared, where it has no layout of its own."),
    ),
  ),
  key: v.optional(
    v.pipe(
      v.union(
        [columnName, v.pipe(v.array(columnName), v.nonEmpty("must be the name of a column, or a list of names"))],
        "must be the name of a column, or a list of names",
      ),
      v.description("The columns that tell its rows apart; fastbreak gate asks whether they do."),
    ),
  ),
  rowHash: v.optional(
    v.pipe(
      columnName,
      v.description(
        "The column that stands for the rest of a row but loaded_at: rows with an equal one count as unchanged.",
      ),
    ),
  ),
  loaded_at: v.optional(
    v.pipe(columnName, v.description("The TIMESTAMP, DATETIME or DATE column that tells when a row was loaded.")),
  ),
  max_age_hours: v.optional(
    v.pipe(
      v.number("must be a number of hours above 0"),
      v.gtValue(0, "must be a number of hours above 0"),
      v.description(
        "Hours that the newest loaded_at may lie back; without loaded_at, the last write that fastbreak knows of.",
      ),
    ),
  ),
});

const breaker = v.strictObject({
  threshold: v.optional(v.pipe(wholeNumber(1, 1_000_000), v.description("Failures in a row that open it.")), 5),
  timeoutSeconds: v.optional(
    v.pipe(wholeNumber(1, 31_536_000), v.description("Seconds for which an open one refuses.")),
    1800,
  ),
  successesToClose: v.optional(
    v.pipe(wholeNumber(1, 1000), v.description("Successes in a row that close a half-open one.")),
    1,
  ),
});

const variableName = v.pipe(
  v.string("must be the name of an environment variable"),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable"),
);

const actionWorkers = v.strictObject({
  variable: v.pipe(variableName, v.description("The variable of this action alone.")),
  default: v.pipe(wholeNumber(1, 1000), v.description("Workers where no variable says another number.")),
  switch: v.optional(v.pipe(variableName, v.description("A variable that, set to false, leaves one worker."))),
  key: v.optional(
    v.pipe(
      v.string("must be the name of a column"),
      v.regex(/^[A-Za-z_]\w*$/, "must be the name of a column"),
      v.description("The column of its rows by which workers share them where there are fewer dates than workers."),
    ),
  ),
});

const workers = v.strictObject({
  variable: v.optional(v.pipe(variableName, v.description("The variable for all actions."))),
  actions: v.optional(v.record(v.string(), actionWorkers, "must be an object of actions"), {}),
});

const clock = v.strictObject({
  timeZone: v.optional(
    v.pipe(
      v.string("must be a time zone such as America/New_York"),
      v.check(isTimeZone, "must be a time zone such as America/New_York"),
      v.description("Time zone of the dates, as America/New_York."),
    ),
    "UTC",
  ),
  nextDayFrom: v.optional(
    v.pipe(
      v.string("must be a time such as 23:00"),
      v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 23:00"),
      v.description("From this time on the next date is meant."),
    ),
  ),
});

function isTimeZone(name: string): boolean {
  // The default of every project; the first look at a zone loads all that is known of zones.
  if (name === "UTC") return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const skipRule = v.pipe(
  v.strictObject({
    select: v.pipe(
      v.array(v.pipe(text, v.description("A selector, as --select takes it.")), "must be a list of selectors"),
      v.nonEmpty("must name a selector"),
    ),
    months: v.optional(
      v.pipe(
        v.array(wholeNumber(1, 12), "must be a list of months, 1 to 12"),
        v.description("Dates of these months are skipped."),
      ),
    ),
    olderThanDays: v.optional(
      v.pipe(wholeNumber(1, 36_525), v.description("Dates that lie so many days back are skipped.")),
    ),
    without: v.optional(
      v.pipe(text, v.description("GoogleSQL that gives dates in its first column: all others are skipped.")),
    ),
    environments: v.optional(
      v.pipe(v.array(text, "must be a list of environments"), v.description("Only with one of these environments.")),
    ),
  }),
  v.check(
    ({ months, olderThanDays, without }) =>
      [months, olderThanDays, without].filter((condition) => condition !== undefined).length === 1,
    "needs one condition: months, olderThanDays or without",
  ),
);

const tableName = v.pipe(
  v.string("must be dataset.table"),
  v.regex(/^[A-Za-z_]\w*\.[A-Za-z_]\w*$/, "must be dataset.table"),
);

const stepHistory = v.strictObject({
  select: v.pipe(
    v.array(v.pipe(text, v.description("A selector, as --select takes it.")), "must be a list of selectors"),
    v.nonEmpty("must name a selector"),
  ),
  completeness: v.optional(
    v.pipe(
      columnName,
      v.description("Columns of the models, * for any characters, whose mean is data_completeness_pct."),
    ),
  ),
  updated: v.optional(
    v.pipe(
      columnName,
      v.description(
        "TIMESTAMP columns of the models, * for any characters: the oldest tells the age of what they rest on.",
      ),
    ),
  ),
  running: v.optional(
    v.pipe(v.boolean("must be true or false"), v.description("Write rows with success NULL when a run begins.")),
    false,
  ),
});

const history = v.strictObject({
  loads: v.optional(v.pipe(tableName, v.description("The table that gets a row for each table of a load."))),
  steps: v.optional(
    v.pipe(
      v.record(tableName, stepHistory, "must be an object of tables"),
      v.description("By dataset.table: the actions that leave a row there in each run."),
    ),
    {},
  ),
});

/** Everything that may stand in `fastbreak.json`. */
export const settingsSchema = v.strictObject({
  $schema: v.optional(v.pipe(v.string("must be text"), v.description("The JSON Schema of this file, for editors."))),
  stateDataset: v.optional(v.pipe(datasetName, v.description("Dataset of the runner's own tables.")), "fastbreak"),
  loaders: v.optional(
    v.pipe(
      v.record(v.string(), path, "must be an object of paths"),
      v.description("Module of each loader, by the name that fastbreak load takes."),
    ),
    {},
  ),
  reports: v.optional(
    v.pipe(
      v.record(v.string(), path, "must be an object of paths"),
      v.description("GoogleSQL file of each report, by the name that fastbreak query --report takes."),
    ),
    {},
  ),
  sources: v.optional(
    v.pipe(
      v.record(v.string(), source, "must be an object of sources"),
      v.description(
        "What the runner must know of sources, by dataset.table; * stands for any characters, the first that fits holds.",
      ),
    ),
    {},
  ),
  breakers: v.optional(
    v.pipe(
      v.strictObject({
        models: v.optional(v.pipe(breaker, v.description("Of models whose labels say nothing of it."))),
        loads: v.optional(v.pipe(breaker, v.description("Of loaders."))),
      }),
      v.description("Circuit breakers: what failed so often in a row is not tried for a while."),
    ),
    {},
  ),
  workers: v.optional(
    v.pipe(
      workers,
      v.description(
        "How many workers share the window of an action, by environment variables of the project's own names.",
      ),
    ),
    {},
  ),
  dateVariables: v.optional(
    v.pipe(
      v.array(
        v.pipe(v.string("must be text"), v.regex(/^[A-Z][A-Z0-9_]*$/, "must be the name of an environment variable")),
        "must be a list of environment variables",
      ),
      v.description("Environment variables that give the date where no flag does; two that differ are an error."),
    ),
    [],
  ),
  clock: v.optional(v.pipe(clock, v.description('What "today" is, for --date today and rules of age.')), {}),
  skips: v.optional(
    v.pipe(
      v.record(v.string(), skipRule, "must be an object of rules"),
      v.description(
        "Rules by which runs of a window leave out dates of some actions, by the name that is told as the reason.",
      ),
    ),
    {},
  ),
  history: v.optional(
    v.pipe(
      history,
      v.description("Tables of the project in which runs and loads leave rows, by columns of known names."),
    ),
    {},
  ),
  alerts: v.optional(v.pipe(alertSettings, v.description("What is worth an alert, and who is told.")), {}),
  orchestrations: v.optional(
    v.pipe(orchestrations, v.description("How the parts of a night come together, by name.")),
    {},
  ),
  checks: v.optional(v.pipe(checkSettings, v.description("What fastbreak status --check NAME asks, by name.")), {}),
  failedAssertions: v.optional(
    v.pipe(
      v.picklist(["rollback", "keep"], "must be rollback or keep"),
      v.description(
        "A model of which an assertion finds rows stays as it was (rollback), or is published and the run fails (keep, as Dataform does).",
      ),
    ),
    "rollback",
  ),
  autoMigrate: v.optional(
    v.pipe(
      v.boolean("must be true or false"),
      v.description("Whether run, load and seed first apply the project's own migrations that are pending."),
    ),
    false,
  ),
  ...limits,
  bigquery,
  environments: v.optional(
    v.pipe(
      v.record(v.string(), environment, "must be an object of environments"),
      v.description("Named defaults, chosen by --environment NAME."),
    ),
    {},
  ),
});

/** What "today" is in a project. */
export type ClockSettings = Readonly<v.InferOutput<typeof clock>>;
/** A rule by which dates of some actions are skipped. */
export type SkipSettings = Readonly<v.InferOutput<typeof skipRule>>;
/** A table in which runs leave rows, and what they tell there. */
export type StepHistory = Readonly<v.InferOutput<typeof stepHistory>>;
/** What a project says of the sources of one name or pattern. */
export type SourceSettings = Readonly<v.InferOutput<typeof source>>;
/** Named defaults of a project. */
export type EnvironmentSettings = v.InferOutput<typeof environment>;
/** `fastbreak.json`: what the runner must know of a project and Dataform does not. */
export type RunnerSettings = Readonly<v.InferOutput<typeof settingsSchema>>;

/** The settings that an object may have at a path such as `["environments", "dev"]`; undefined: any name is free there. */
export function knownSettings(at: readonly (string | number)[]): readonly string[] | undefined {
  if (at.length === 0) return Object.keys(settingsSchema.entries);
  if (at[0] === "workers") {
    if (at.length === 1) return Object.keys(workers.entries);
    return at.length === 3 && at[1] === "actions" ? Object.keys(actionWorkers.entries) : undefined;
  }
  if (at[0] === "breakers") return at.length === 1 ? ["models", "loads"] : Object.keys(breaker.entries);
  if (at.at(-1) === "bigquery" && (at.length === 1 || at[0] === "environments"))
    return Object.keys(bigquerySettings.entries);
  if (at.length === 1 && at[0] === "clock") return Object.keys(clock.entries);
  if (at[0] === "history") {
    if (at.length === 1) return Object.keys(history.entries);
    return at.length === 3 && at[1] === "steps" ? Object.keys(stepHistory.entries) : undefined;
  }
  if (at[0] === "alerts") return knownAlertSettings(at.slice(1));
  if (at.length !== 2) return undefined;
  if (at[0] === "skips") return Object.keys(skipRule.pipe[0].entries);
  if (at[0] === "sources") return Object.keys(source.entries);
  return at[0] === "environments" ? Object.keys(environment.entries) : undefined;
}
