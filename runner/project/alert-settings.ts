import * as v from "valibot";
import { wholeNumber } from "./whole-number.js";

const text = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"));
const severity = v.picklist(["critical", "error", "warning", "info"], "must be critical, error, warning or info");
const variable = v.pipe(
  v.string("must be the name of an environment variable"),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable"),
);

const rule = v.pipe(
  v.strictObject(
    {
      sql: v.optional(
        v.pipe(
          text,
          v.description(
            "A file with one GoogleSQL query over from_date, to_date and evaluated_at: each row is an alert, its column message the text.",
          ),
        ),
      ),
      on: v.optional(
        v.pipe(
          v.picklist(
            ["open_breakers", "failed_models", "quarantined_rows", "slow_models", "slow_runs"],
            "must be open_breakers, failed_models, quarantined_rows, slow_models or slow_runs",
          ),
          v.description("A rule over the runner's own tables; slow_models goes by the label alert_seconds."),
        ),
      ),
      seconds: v.optional(
        v.pipe(
          v.number("must be a number of seconds above 0"),
          v.gtValue(0, "must be a number of seconds above 0"),
          v.description("slow_runs: seconds that a run may take."),
        ),
      ),
      severity: v.optional(v.pipe(severity, v.description("Where its rows have no column severity.")), "warning"),
      channel: v.optional(v.pipe(text, v.description("Where its rows have no column channel."))),
    },
    "must be an object of settings",
  ),
  v.check(({ sql, on }) => (sql === undefined) !== (on === undefined), "needs either sql or on"),
  v.check(
    ({ on, seconds }) => (on === "slow_runs") === (seconds !== undefined),
    "slow_runs, and nothing else, needs seconds",
  ),
);

const sinkFilter = {
  severity: v.optional(v.pipe(severity, v.description("The least severity that it takes.")), "info"),
  channels: v.optional(
    v.pipe(v.array(text, "must be a list of channels"), v.description("The channels that it takes; without it all.")),
  ),
};

const sink = v.variant(
  "type",
  [
    v.strictObject({ type: v.literal("stdout"), ...sinkFilter }),
    v.strictObject({
      type: v.literal("file"),
      path: v.pipe(text, v.description("A file to which each notice is added as a line of JSON.")),
      ...sinkFilter,
    }),
    v.strictObject({
      type: v.literal("webhook"),
      urlVariable: v.pipe(variable, v.description("The variable with the address; unset: the sink is off.")),
      secretVariable: v.optional(v.pipe(variable, v.description("The variable with the key that signs each notice."))),
      ...sinkFilter,
    }),
  ],
  'must have a "type": stdout, file or webhook',
);

/** The part of `fastbreak.json` that says what is worth an alert and who is told. */
export const alertSettings = v.strictObject(
  {
    rules: v.optional(
      v.pipe(
        v.record(v.string(), rule, "must be an object of rules"),
        v.description("What is worth an alert, by name."),
      ),
      {},
    ),
    sinks: v.optional(
      v.pipe(v.record(v.string(), sink, "must be an object of sinks"), v.description("Who is told, by name.")),
      {},
    ),
    days: v.optional(
      v.pipe(wholeNumber(1, 366), v.description("The last days that are asked about where no dates are given.")),
      7,
    ),
  },
  "must be an object of settings",
);

export type AlertSettings = Readonly<v.InferOutput<typeof alertSettings>>;
/** One rule. */
export type AlertRule = Readonly<v.InferOutput<typeof rule>>;
/** One receiver of notices. */
export type AlertSink = Readonly<v.InferOutput<typeof sink>>;

/** The settings that an object may have at a path within `alerts`; undefined: any name is free there. */
export function knownAlertSettings([section, name, ...deeper]: readonly (string | number)[]):
  | readonly string[]
  | undefined {
  if (section === undefined) return Object.keys(alertSettings.entries);
  if (name === undefined || deeper.length > 0) return undefined;
  if (section === "rules") return Object.keys(rule.pipe[0].entries);
  return section === "sinks" ? [...new Set(sink.options.flatMap(({ entries }) => Object.keys(entries)))] : undefined;
}
