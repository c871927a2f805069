import type { Engine } from "../engines/engine.js";
import { writeLines } from "../report/text.js";
import { camelCase } from "./arguments/parse.js";
import { IDLE_DATAFORM_FLAGS, JOB_FLAGS } from "./arguments/shared-flags.js";

/** Says in a line which of the given flags mean nothing to an engine. */
export function tellIdleFlags(given: Readonly<Record<string, unknown>>, { name, hasJobs }: Engine): void {
  const isOfJobs = (flag: string) => hasJobs === true && Object.hasOwn(JOB_FLAGS, flag);
  const idle = Object.keys(IDLE_DATAFORM_FLAGS).filter(
    (flag) => given[camelCase(flag)] !== undefined && !isOfJobs(flag),
  );
  if (idle.length === 0) return;
  const flags = idle.map((flag) => `--${flag}`).join(", ");
  writeLines(process.stderr, [`note: ${flags} ${idle.length === 1 ? "has" : "have"} no effect on ${name}`]);
}
