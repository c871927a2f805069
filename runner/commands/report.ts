import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { systemReason } from "../port/system-error.js";
import { shownPath } from "../report/shown-path.js";
import { writeLines } from "../report/text.js";
import { withProjectOrNothing } from "../session/session.js";
import { onOff, text, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf, requestOf } from "./selection-options.js";

/** Runs of the log that are told when nobody says how many. */
const RUNS = 50;

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    out: text("the file to write; default: .fastbreak/report.html"),
    runs: wholeNumber("how many runs are told; default: 50", 1, 1000),
    "no-reports": onOff("leave the reports of fastbreak.json out"),
    ...WINDOW_FLAGS,
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "One HTML file that works from disk: graph, column lineage, decisions, runs and\nreports. Without dates it is about those of the newest run; reports see them as\nfrom_date and to_date.",
  ],
  examples: ["fastbreak report --out report.html", "fastbreak report --from 2021-11-01 --to 2021-11-15"],

  async execute({ flags, words }): Promise<number> {
    const request = requestOf(flags);
    const started = performance.now();
    return withProjectOrNothing(placeOf(flags, words[0]), async (session) => {
      const [{ collectPage }, { pageHtml }] = await Promise.all([
        import("../report/page/collect.js"),
        import("../report/page/html.js"),
      ]);
      const data = await collectPage(session, {
        request,
        runs: flags.runs ?? RUNS,
        withoutReports: flags.noReports,
      });
      const html = pageHtml(data);
      const file = flags.out === undefined ? join(session.projectDir, ".fastbreak/report.html") : resolve(flags.out);
      write(file, html);
      const bytes = Buffer.byteLength(html);
      const { length: models } = data.models;
      if (flags.json)
        process.stdout.write(
          `${JSON.stringify({ file, bytes, models, runs: data.runs.length, reports: data.reports.length, notes: data.notes, duration_ms: Math.round(performance.now() - started) })}\n`,
        );
      else
        writeLines(process.stdout, [
          `${shownPath(file)} (${models} actions and sources, ${Math.ceil(bytes / 1024)} KB); open it in a browser`,
        ]);
      return EXIT.done;
    });
  },
});

/** @throws CommandError for a place where no file can be */
function write(file: string, html: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, html);
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason === undefined) throw cause;
    throw usageError(`the report cannot be written to ${shownPath(file)}: ${reason}; give a file with --out`);
  }
}
