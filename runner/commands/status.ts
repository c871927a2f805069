import { type EngineError, isLocked } from "../port/engine-error.js";
import { checkJson, checkLines } from "../report/check-lines.js";
import { readStatusArtifact, writeStatusArtifact } from "../report/status-artifact.js";
import { type StatusDocument, statusDocument } from "../report/status-document.js";
import { statusLines } from "../report/status-report.js";
import { colorsFor, foldRows, plainLine, widthOf, writeLines } from "../report/text.js";
import { runCheck } from "../session/checks.js";
import { today } from "../session/clock.js";
import { collectStatus } from "../session/collect-status.js";
import { effectiveSettings } from "../session/effective-settings.js";
import { findPlace, type Place } from "../session/place.js";
import { readRunning } from "../session/running.js";
import { withProject } from "../session/session.js";
import { onOff, text, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, SELECTION_FLAGS, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT } from "./exit.js";
import { placeOf, requestOf, selectionOf } from "./selection-options.js";

const DEFAULT_LAST = 5;

export const command = defineCommand({
  flags: withCommon({
    ...WINDOW_FLAGS,
    ...SELECTION_FLAGS,
    last: wholeNumber("runs that are told, or tries of the selected models; default: 5", 1, 1000),
    check: text("a check of fastbreak.json instead, such as daily; ends with 1 when something is worth a look"),
    config: onOff("the settings that hold, and where they come from"),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "What is fresh, stale and why, failed; open breakers, the gate, how fresh sources\nare, the last runs. While another command holds the warehouse: as it was left.",
  ],
  examples: [
    "fastbreak status --date 2021-11-15",
    "fastbreak status --check daily",
    "fastbreak status --select player_game_summary --last 5",
  ],

  async execute({ flags: options }): Promise<number> {
    const { date } = withDate(options);
    const { window, selection } = requestOf({ ...options, date }, selectionOf(options));
    const last = options.last ?? DEFAULT_LAST;
    const given = placeOf(options);
    const place = findPlace(given);
    if (options.check !== undefined)
      return check(given, options.check, date ?? today(place.settings.clock, new Date()), options.json);
    const settings = options.config ? effectiveSettings(place) : [];
    const where = (state: StatusDocument["warehouse"]["state"]) => ({
      at: new Date().toISOString(),
      warehouse: { target: place.engine.name, path: place.engine.locate(place), state, holder: null },
    });
    const status = await statusOf(place, where, async () => {
      const asked = { window, selection, last, date };
      const facts = await withProject(given, (session) => collectStatus(session, asked));
      const found = statusDocument(facts, where("open"));
      if (facts.tries === undefined) writeStatusArtifact(place.projectDir, found);
      return found;
    });
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ ...status, ...(options.config ? { config: settings } : {}) })}\n`);
      return EXIT.done;
    }
    const width = widthOf(process.stdout);
    const lines = "models" in status ? statusLines(status, colorsFor(process.stdout), width) : [placeLine(status)];
    const rows = settings.map(({ name, value, origin }) => ({
      cells: [`  ${name}`],
      tail: `${plainLine(value)} (${origin})`,
    }));
    const config = settings.length === 0 ? [] : ["settings", ...foldRows(rows, width)];
    writeLines(process.stdout, [...lines, ...config]);
    return EXIT.done;
  },
});

/** Asks the queries of one check. */
async function check(place: ReturnType<typeof placeOf>, name: string, date: string, json: boolean): Promise<number> {
  const found = await withProject(place, (session) => runCheck(session, name, date));
  if (json) process.stdout.write(`${JSON.stringify(checkJson(found))}\n`);
  else writeLines(process.stdout, checkLines(found, colorsFor(process.stdout), widthOf(process.stdout)), 5);
  return found.good ? EXIT.done : EXIT.failed;
}

type Whereabouts = Pick<StatusDocument, "at" | "warehouse">;

/** What can be told: all of it, what was kept while somebody else has the warehouse, or only where it is. */
async function statusOf(
  place: Place,
  where: (state: StatusDocument["warehouse"]["state"]) => Whereabouts,
  ask: () => Promise<StatusDocument>,
): Promise<StatusDocument | Whereabouts> {
  if (!place.engine.exists(place)) return where("missing");
  try {
    return await ask();
  } catch (cause) {
    if (!isLocked(cause)) throw cause;
    const known = readStatusArtifact(place.projectDir) ?? where("held");
    return { ...known, warehouse: { ...known.warehouse, state: "held", holder: holderOf(place, cause) } };
  }
}

function holderOf({ projectDir }: Place, { holder }: EngineError): StatusDocument["warehouse"]["holder"] {
  if (holder === undefined) return null;
  const running = readRunning(projectDir);
  if (running?.pid !== holder) return { pid: holder, command: null, since: null };
  return { pid: holder, command: running.command, since: running.startedAt ?? null };
}

/** All that can be said of a warehouse that is not there, or that has been held since before anything was kept. */
function placeLine({ warehouse: { path, state, holder } }: Whereabouts): string {
  if (state === "missing") return `There is no warehouse at ${path} yet; make one with fastbreak init, seed or load.`;
  const command = holder?.command == null ? "" : ` (fastbreak ${holder.command})`;
  const who = holder === null ? "another process" : `process ${holder.pid}${command}`;
  return `${path} is in use by ${who}, and no earlier status was kept; ask again when it has ended.`;
}
