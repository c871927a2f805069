import type { FindTable } from "../index.js";

/** Tables of tests, by their columns. */
export const TABLES: Readonly<Record<string, readonly (readonly [string, "STRING" | "INT64" | "DATE"])[]>> = {
  "d.t": [
    ["k", "STRING"],
    ["team", "STRING"],
    ["v", "INT64"],
    ["w", "INT64"],
  ],
  "d.u": [
    ["k", "STRING"],
    ["g", "INT64"],
    ["x", "INT64"],
  ],
  "d.s": [
    ["team", "STRING"],
    ["y", "INT64"],
  ],
};

/** Finds them. */
export const find: FindTable = (path) => {
  const columns = TABLES[path];
  return (
    columns && {
      table: path,
      columns: columns.map(([name, type]) => ({ name, type: type === "DATE" ? undefined : type })),
    }
  );
};
