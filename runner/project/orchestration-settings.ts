import * as v from "valibot";
import { wholeNumber } from "./whole-number.js";

const text = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"));
const topic = v.pipe(
  v.string("must be the name of a topic"),
  v.regex(/^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/, "must be the name of a topic: a letter, then letters, digits, - and ."),
);
const model = v.pipe(
  v.string("must be dataset.table"),
  v.regex(/^[A-Za-z_]\w*\.[A-Za-z_]\w*$/, "must be dataset.table"),
);
const column = v.pipe(
  v.string("must be a name (letters, digits and _)"),
  v.regex(/^[A-Za-z_]\w*$/, "must be a name (letters, digits and _)"),
);
const step = v.strictObject(
  {
    model: v.pipe(model, v.description("The table that the step makes.")),
    after: v.pipe(
      v.array(topic, "must be a list of topics"),
      v.nonEmpty("must be a list of topics"),
      v.description("The topics that must have a message of the date before the step begins (strategy events)."),
    ),
    topic: v.pipe(topic, v.description("Where its completion is published.")),
    rows: v.pipe(column, v.description("The field of the result with the number of its rows.")),
  },
  "must be an object of settings",
);

const target = v.strictObject(
  {
    model: v.pipe(model, v.description("The table that is made when every step is complete.")),
    name: v.pipe(column, v.description("Its name in the completion state: NAME_triggered_at.")),
    topic: v.pipe(topic, v.description("Where the message is published that starts it.")),
    source: v.pipe(text, v.description("What that message says of its cause.")),
    complete: v.pipe(
      v.array(topic, "must be a list of topics"),
      v.nonEmpty("must be a list of topics"),
      v.description("Where its completion is published."),
    ),
    rows: v.pipe(column, v.description("The field of the result with the number of its rows.")),
    result: v.optional(
      v.pipe(text, v.description("A file with a query whose one row is added to the result; it sees from_date.")),
    ),
  },
  "must be an object of settings",
);

const incident = v.strictObject(
  {
    vars: v.pipe(
      v.record(v.string(), v.string("must be text"), "must be an object of texts"),
      v.description("Project variables that the rest of the night is compiled with."),
    ),
    opensGate: v.optional(
      v.pipe(v.boolean("must be true or false"), v.description("Goes on although the gate is closed.")),
      false,
    ),
  },
  "must be an object of settings",
);

const orchestration = v.strictObject(
  {
    phase: v.optional(v.pipe(text, v.description("The field phase of the message that starts it."))),
    start: v.pipe(topic, v.description("The topic of the message that starts it.")),
    success: v.optional(
      v.pipe(topic, v.description("A topic on which the completion of every step is published too.")),
    ),
    steps: v.pipe(
      v.record(v.string(), step, "must be an object of steps"),
      v.description("What must be complete before the target, by the name of the processor."),
    ),
    target,
    behind: v.optional(
      v.pipe(
        v.array(text, "must be a list of selectors"),
        v.description("What is run when the gate is open, as --select takes it."),
      ),
      [],
    ),
    always: v.optional(
      v.pipe(
        v.array(text, "must be a list of selectors"),
        v.description("What is run at the end of every night, with the gate open or closed, as --select takes it."),
      ),
      [],
    ),
    skips: v.optional(
      v.pipe(
        v.array(text, "must be a list of names of rules"),
        v.description(
          "Rules (skips) that leave out every step and the target, whatever they select: a date without a night.",
        ),
      ),
      [],
    ),
    strategy: v.optional(
      v.pipe(
        v.picklist(["workflow", "events", "time"], "must be workflow, events or time"),
        v.description("How it is carried out without --strategy."),
      ),
      "workflow",
    ),
    retries: v.optional(
      v.pipe(
        wholeNumber(0, 100),
        v.description("How often missing steps are looked for again, and a closed gate is asked again once."),
      ),
      3,
    ),
    retryAfterSeconds: v.optional(v.pipe(wholeNumber(0, 86_400), v.description("Seconds between two tries.")), 300),
    schedule: v.optional(
      v.strictObject(
        {
          workflow: v.optional(v.pipe(text, v.description("Cron times of the strategies workflow and events."))),
          time: v.optional(v.pipe(text, v.description("Cron times of the strategy time."))),
          behind: v.optional(v.pipe(text, v.description("Cron times of what comes behind the gate."))),
          timeZone: v.pipe(text, v.description("Their time zone.")),
        },
        "must be an object of settings",
      ),
    ),
    incidents: v.optional(
      v.pipe(
        v.record(v.string(), incident, "must be an object of incident options"),
        v.description("What --incident NAME --because TEXT does, by name; each use is kept as a message."),
      ),
      {},
    ),
  },
  "must be an object of settings",
);

/** The part of `fastbreak.json` that says how nights are carried out. */
export const orchestrations = v.record(
  v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, "must be a name (letters, digits and _)")),
  orchestration,
  "must be an object of orchestrations",
);

/** How the parts of a night come together. */
export type Orchestration = Readonly<v.InferOutput<typeof orchestration>>;
export type Strategy = Orchestration["strategy"];

/** Whether a list may stand at a path within `orchestrations`. */
export function isOrchestrationList(path: readonly string[]): boolean {
  return ["after", "complete", "behind", "always", "skips"].includes(path.at(-1) ?? "");
}
