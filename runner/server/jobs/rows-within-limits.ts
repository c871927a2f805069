import type { RowObject } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import type { BadRows } from "../load/bad-rows.js";
import { withinLimits } from "../values/type-limits.js";
import { ValueError } from "../values/value-error.js";

/** The rows of files as their table can hold them; those that do not fit the parameters of its types are bad ones. */
export async function* rowsWithinLimits(
  rows: AsyncIterable<RowObject>,
  columns: readonly Column[],
  bad: Pick<BadRows, "add">,
): AsyncGenerator<RowObject> {
  for await (const row of rows) {
    try {
      yield withinLimits(row, columns);
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      bad.add(cause.message);
    }
  }
}
