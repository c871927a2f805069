import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DateRange, QueryResult, Warehouse } from "../port/port.js";
import { classifyError } from "./classify-error.js";

/** A report that the project declares, with its rows; `error`: why there are none. */
export interface AnsweredReport {
  readonly name: string;
  /** The first comment of its file. */
  readonly description: string;
  readonly result: QueryResult | undefined;
  readonly error: string | undefined;
}

/** The variables that every report sees, declared on its first line so that its own lines keep their numbers. */
export function reportDates({ from, to }: DateRange): string {
  return `DECLARE from_date DATE DEFAULT DATE '${from}'; DECLARE to_date DATE DEFAULT DATE '${to}'; `;
}

/** Every date. */
export const ALL_DATES: DateRange = { from: "0001-01-01", to: "9999-12-31" };

/** Answers every report of a project; one that fails is told with its error. */
export async function answerReports(
  warehouse: Warehouse,
  projectDir: string,
  reports: Readonly<Record<string, string>>,
  dates: DateRange,
): Promise<readonly AnsweredReport[]> {
  const answered: AnsweredReport[] = [];
  for (const [name, path] of Object.entries(reports)) {
    let description = "";
    try {
      const text = readFileSync(join(projectDir, path), "utf8");
      description = /^--\s*(.*)/.exec(text)?.[1] ?? "";
      const { rows } = await warehouse.script(`${reportDates(dates)}${text}`);
      answered.push({ name, description, result: rows ?? { columns: [], rows: [] }, error: undefined });
    } catch (cause) {
      const failure = classifyError(cause);
      if (failure === undefined) throw cause;
      answered.push({ name, description, result: undefined, error: failure.lines.join("; ") });
    }
  }
  return answered;
}
