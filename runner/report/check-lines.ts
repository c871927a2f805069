import type { Checked } from "../session/checks.js";
import { rowsAsTable } from "./rows.js";
import { type Colors, plainLine, plural } from "./text.js";

/** A check as a person reads it: every query with its rows, and what is worth a look. */
export function checkLines({ check, window, queries, good }: Checked, colors: Colors, width: number): string[] {
  const lines = queries.flatMap(({ title, result, attention, error }) => [
    `${error !== undefined ? colors.red("FAIL") : attention.length > 0 ? colors.yellow("LOOK") : colors.green("ok  ")} ${plainLine(title)}`,
    ...(error === undefined ? [] : [`     ${plainLine(error)}`]),
    ...(result.rows.length === 0
      ? []
      : rowsAsTable(result, width - 5)
          .trimEnd()
          .split("\n")
          .map((line) => `     ${line}`)),
    ...attention.map((text) => `     ${colors.yellow("look:")} ${plainLine(text)}`),
  ]);
  const looks = queries.reduce((sum, { attention }) => sum + attention.length, 0);
  const days = window.from === window.to ? window.to : `${window.from} to ${window.to}`;
  return [...lines, `${check} check of ${days}: ${good ? "nothing to do" : `${plural(looks, "thing")} to look at`}`];
}

/** The JSON document of a check. */
export function checkJson({ check, window, queries, good }: Checked): object {
  return {
    check,
    window,
    good,
    queries: queries.map(({ name, title, result, attention, error }) => ({
      name,
      title,
      rows: result.rows.map((row) =>
        Object.fromEntries(
          result.columns.map(({ name: column }, index) => {
            const value = row[index] ?? null;
            return [column, typeof value === "bigint" ? Number(value) : value];
          }),
        ),
      ),
      attention,
      error: error ?? null,
    })),
  };
}
