import { DEFAULT_ENGINE } from "../engines/registry.js";
import { acrossJson, acrossLines, differsAcross } from "../report/across-report.js";
import { costText, plural, writeLines } from "../report/text.js";
import { WorkProgress } from "../report/work-progress.js";
import { findPlace } from "../session/place.js";
import { withProject } from "../session/session.js";
import { verifyAcross } from "../session/verify-across.js";
import { verifySession } from "../session/verify-session.js";
import type { Verified } from "../verify/verify.js";
import { bytes, type Given, value, wholeNumber } from "./arguments/flags.js";
import {
  OVERRIDE_FLAGS,
  PROJECT_DIR_WORD,
  SELECTION_FLAGS,
  UPSTREAM_FLAGS,
  WINDOW_FLAGS,
  withCommon,
} from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf, requestOf, selectionOf } from "./selection-options.js";

const SAMPLES = 3;
/** The only engine that the embedded one is compared with. */
const OTHER = "bigquery";

const FLAGS = withCommon({
  against: value("compare the embedded warehouse with this engine instead: bigquery", readEngine),
  samples: wholeNumber(`with --against: rows that are shown of each kind; default: ${SAMPLES}`, 0, 1000),
  "limit-bytes": bytes("with --against: refuse what would process more, as 10GB"),
  ...WINDOW_FLAGS,
  ...SELECTION_FLAGS,
  ...UPSTREAM_FLAGS,
  ...OVERRIDE_FLAGS,
});

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: FLAGS,
  notes: [
    "--against bigquery builds nothing: digests of models and sources as they\nstand are computed on both sides, from the same GoogleSQL.",
    "Exit code 0: equal; 6: different.",
  ],
  examples: [
    "fastbreak verify --from 2021-11-01 --to 2021-11-15",
    "fastbreak verify --against bigquery --select orders_daily --date 2024-01-31",
  ],

  async execute({ flags: options, words }): Promise<number> {
    if (options.against !== undefined) return across(options, words[0]);
    for (const flag of ["samples", "limitBytes"] as const) {
      const name = flag === "samples" ? "--samples" : "--limit-bytes";
      if (options[flag] !== undefined) throw usageError(`${name} goes with --against; give that too`);
    }
    const request = requestOf(withDate(options), selectionOf(options));
    return withProject(placeOf(options, words[0]), async (session) => {
      const verified = await verifySession(session, request);
      if (options.json) process.stdout.write(`${JSON.stringify(verifyJson(verified))}\n`);
      else writeLines(process.stdout, verifyLines(verified), 4);
      return verified.some(differs) ? EXIT.differs : EXIT.done;
    });
  },
});

async function across(options: Given<typeof FLAGS>, word: string | undefined): Promise<number> {
  if (options.target !== undefined && options.target !== DEFAULT_ENGINE)
    throw usageError("--against compares the embedded warehouse; leave --target out");
  if (options.noUpstream) throw usageError("--against builds nothing; leave --no-upstream out");
  const selection = selectionOf(options);
  const { window } = requestOf(withDate(options, word), selection);
  const place = placeOf(options, word);
  const progress = WorkProgress.ofCommand(options.json);
  const outcome = await withProject({ ...place, target: DEFAULT_ENGINE }, (session) =>
    verifyAcross(session, findPlace({ ...place, target: OTHER }), {
      selection,
      window,
      samples: options.samples ?? SAMPLES,
      mostBytes: options.limitBytes,
      onCost(most, dollars) {
        if (!options.json && most > 0)
          writeLines(process.stderr, [`note: comparing processes ${costText(most, dollars)} at most`]);
      },
      onRelation: (key, done, of) =>
        progress.show({ parts: { done, of, unit: "relation" }, rows: undefined, now: key }),
    }),
  ).finally(() => progress.end());
  if (options.json) process.stdout.write(`${JSON.stringify(acrossJson(outcome, OTHER))}\n`);
  else writeLines(process.stdout, acrossLines(outcome, "BigQuery"), 8);
  return outcome.results.some(differsAcross) ? EXIT.differs : EXIT.done;
}

function readEngine(given: string, flag: string): string {
  if (given === OTHER) return given;
  throw usageError(`${flag} ${given} is not possible; give ${OTHER}`);
}

function differs({ differences, problem }: Verified): boolean {
  return problem !== undefined || differences.length > 0;
}

function verifyJson(verified: readonly Verified[]): object {
  return {
    equal: !verified.some(differs),
    models: verified.map(({ key, partitions, differences, problem, note }) => ({
      name: key,
      partitions,
      differences: differences.map(({ partition, liveRows, rebuiltRows }) => ({
        partition,
        live_rows: liveRows,
        rebuilt_rows: rebuiltRows,
      })),
      problem: problem ?? null,
      note: note ?? null,
    })),
  };
}

function verifyLines(verified: readonly Verified[]): string[] {
  const lines = verified
    .filter(differs)
    .flatMap(({ key, differences, problem }) => [
      `  ${key}  ${problem ?? `differs from a rebuild in ${plural(differences.length, "partition")}:`}`,
      ...differences.map(
        ({ partition, liveRows, rebuiltRows }) =>
          `    ${partition}  ${plural(liveRows, "row")}, a rebuild has ${liveRows === rebuiltRows ? "as many, not the same" : rebuiltRows}`,
      ),
    ]);
  for (const { key, note } of verified) if (note !== undefined) lines.push(`  ${key}  ${note}`);
  const partitions = verified.reduce((sum, model) => sum + model.partitions, 0);
  const compared = `${plural(verified.length, "model")}, ${plural(partitions, "partition")}`;
  const wrong = verified.filter(differs).length;
  if (wrong > 0) return [...lines, `${compared}: ${wrong} differ`];
  const noted = verified.filter(({ note }) => note !== undefined).length;
  const apart = noted === 0 ? "" : `, apart from ${noted} as noted above`;
  return [...lines, `${compared}: exactly what a full rebuild gives${apart}`];
}
