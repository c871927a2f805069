import { alertLine, alertsJson, alertsLines } from "../report/alert-report.js";
import { eventLine } from "../report/event-lines.js";
import { colorsFor, widthOf, writeLines } from "../report/text.js";
import { checkAlerts } from "../session/alerts.js";
import { announced } from "../session/announce.js";
import { withProject } from "../session/session.js";
import { SEVERITIES } from "../state/alerts-log.js";
import { value } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";
import { windowOf } from "./window.js";

export const command = defineCommand({
  flags: withCommon({
    ...WINDOW_FLAGS,
    now: value("the time that counts as now, as 2021-11-15T05:31:00Z", readTime),
    "fail-on": value(
      "end with 1 when one of this severity or above is open: critical, error, warning or info",
      readSeverity,
    ),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    'Asks the rules under "alerts" in fastbreak.json, without dates about the last\ndays that were built, logs what is new or over, and tells the receivers. A run\nthat builds something does the same.',
  ],
  examples: ["fastbreak alerts --date 2021-11-15 --fail-on critical"],

  async execute({ flags: options }): Promise<number> {
    const window = windowOf(withDate(options));
    return withProject(placeOf(options), async (session) => {
      if (Object.keys(session.settings.alerts.rules).length === 0)
        throw usageError('the project has no alerts: name rules under "alerts" in fastbreak.json');
      const state = await announced(session, "alerts", () =>
        checkAlerts(session, {
          window,
          everyDate: true,
          now: options.now ?? new Date(),
          runId: undefined,
          print: (notice) => void (options.json || process.stdout.write(`${alertLine(notice)}\n`)),
          emit: (event) => {
            // What is open, new or resolved stands in the answer.
            if (event.event === "alert_opened" || event.event === "alert_resolved") return;
            const line = eventLine(event);
            if (line !== undefined) writeLines(process.stderr, [`${line.kind}: ${line.text}`]);
          },
        }),
      );
      process.stdout.write(
        options.json
          ? `${JSON.stringify(alertsJson(state))}\n`
          : `${alertsLines(state, colorsFor(process.stdout), widthOf(process.stdout)).join("\n")}\n`,
      );
      const { failOn } = options;
      const isWrong = failOn !== undefined && state.open.some(({ severity }) => rank(severity) <= rank(failOn));
      return state.failed.length > 0 || isWrong ? EXIT.failed : EXIT.done;
    });
  },
});

type Severity = (typeof SEVERITIES)[number];

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function readSeverity(given: string, flag: string): Severity {
  const known = SEVERITIES.find((severity) => severity === given);
  if (known !== undefined) return known;
  throw usageError(`${flag} ${given} is not possible; give ${SEVERITIES.join(", ")}`);
}

function readTime(given: string, flag: string): Date {
  const time = new Date(given);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(given) && !Number.isNaN(time.getTime())) return time;
  throw usageError(`${flag} ${given} is not a time in UTC; write it as 2021-11-15T05:31:00Z`);
}
