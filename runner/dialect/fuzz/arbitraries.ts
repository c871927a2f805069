import fc from "fast-check";
import type { Catalog, CatalogTable } from "../../googlesql/catalog.js";
import type { SqlType } from "../../port/sql-types.js";
import { functionNames } from "../functions/registry.js";

const COLUMNS: readonly (readonly [name: string, type: SqlType])[] = [
  ["i", "INT64"],
  ["f", "FLOAT64"],
  ["n", "NUMERIC"],
  ["s", "STRING"],
  ["b", "BOOL"],
  ["y", "BYTES"],
  ["d", "DATE"],
  ["dt", "DATETIME"],
  ["tm", "TIME"],
  ["ts", "TIMESTAMP"],
  ["j", "JSON"],
  ["a", { kind: "array", element: "INT64" }],
  [
    "st",
    {
      kind: "struct",
      fields: [
        { name: "p", type: "INT64" },
        { name: "q", type: "STRING" },
      ],
    },
  ],
];

const TABLE: CatalogTable = {
  path: ["main", "fuzz_rows"],
  columns: COLUMNS.map(([name, type]) => ({ name, type })),
};

/** One small table `d.t` with a column of every type. */
export const FUZZ_CATALOG: Catalog = {
  find: (path) => (path.slice(-2).join(".").toLowerCase() === "d.t" ? TABLE : undefined),
  names: () => ["d.t"],
};

/** The DuckDB statements that make and fill it. */
export const FUZZ_TABLE_SQL = `CREATE TABLE fuzz_rows (i BIGINT, f DOUBLE, n DECIMAL(38,9), s VARCHAR, b BOOLEAN, y BLOB, d DATE, dt TIMESTAMP,
  tm TIME, ts TIMESTAMPTZ, j JSON, a BIGINT[], st STRUCT(p BIGINT, q VARCHAR));
INSERT INTO fuzz_rows VALUES
  (1, 1.5, 2.25, 'abc', true, 'x'::BLOB, DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03', TIME '01:02:03', TIMESTAMPTZ '2024-02-29 01:02:03+00', '{"k":1}', [1, 2], {'p': 1, 'q': 'a'}),
  (-7, 'nan', -0.5, '', false, ''::BLOB, DATE '1999-12-31', TIMESTAMP '1999-12-31 23:59:59.5', TIME '23:59:59', TIMESTAMPTZ '1999-12-31 23:59:59+00', '[null]', [], {'p': NULL, 'q': ''}),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`;

const FUNCTIONS = [...functionNames()].filter((name) => !["RAND", "GENERATE_UUID", "SESSION_USER"].includes(name));
const LITERALS = [
  "NULL",
  "0",
  "1",
  "-3",
  "2.5",
  "1e3",
  "'abc'",
  "''",
  "'2024-01-02'",
  "b'x'",
  "TRUE",
  "NUMERIC '1.5'",
  "DATE '2024-01-02'",
  "TIMESTAMP '2024-01-02 03:04:05'",
  "DATETIME '2024-01-02 03:04:05'",
  "TIME '03:04:05'",
  "JSON '{\"k\": [1, 2]}'",
  "INTERVAL 1 DAY",
  "[1, 2, 3]",
  "STRUCT(1 AS p, 'x' AS q)",
  "(1, 'x')",
];
const BINARY = [
  "+",
  "-",
  "*",
  "/",
  "||",
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "AND",
  "OR",
  "&",
  "|",
  "^",
  "<<",
  ">>",
  "LIKE",
];
const TYPES = [
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "STRING",
  "BYTES",
  "BOOL",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "JSON",
  "INTERVAL",
  "ARRAY<INT64>",
  "STRUCT<a INT64, b STRING>",
];
const PARTS = ["DAY", "WEEK", "WEEK(MONDAY)", "ISOWEEK", "MONTH", "QUARTER", "YEAR", "HOUR", "SECOND", "DAYOFWEEK"];

/** An expression over the columns of `d.t`, of whatever type, right or wrong. */
const { expression } = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(...COLUMNS.map(([name]) => name)),
    fc.constantFrom(...LITERALS),
    fc.constantFrom("st.p", "st.q", "a[OFFSET(0)]", "a[SAFE_ORDINAL(9)]", "j.k", "t.i", "nope", "CURRENT_DATE"),
  ),
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: "expression" },
    tie("leaf"),
    fc.tuple(tie("expression"), fc.constantFrom(...BINARY), tie("expression")).map(([l, op, r]) => `(${l} ${op} ${r})`),
    fc
      .tuple(
        fc.constantFrom("", "", "", "SAFE."),
        fc.constantFrom(...FUNCTIONS),
        fc.array(tie("expression"), { maxLength: 3 }),
      )
      .map(([safe, name, args]) => `${safe}${name}(${args.join(", ")})`),
    fc
      .tuple(fc.constantFrom("CAST", "SAFE_CAST"), tie("expression"), fc.constantFrom(...TYPES))
      .map(([c, e, t]) => `${c}(${e} AS ${t})`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([c, x, y]) => `CASE WHEN ${c} THEN ${x} ELSE ${y} END`),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([c, x, y]) => `IF(${c}, ${x}, ${y})`),
    fc.tuple(tie("expression"), tie("expression")).map(([x, y]) => `${x} IN (${y}, NULL)`),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([x, y, z]) => `${x} BETWEEN ${y} AND ${z}`),
    tie("expression").map((x) => `(${x} IS NULL)`),
    tie("expression").map((x) => `NOT ${x}`),
    fc
      .tuple(
        fc.constantFrom("DATE_ADD", "DATE_TRUNC", "DATE_DIFF", "TIMESTAMP_TRUNC", "LAST_DAY"),
        tie("expression"),
        fc.constantFrom(...PARTS),
      )
      .map(([f, x, p]) =>
        f.endsWith("ADD")
          ? `${f}(${x}, INTERVAL 1 ${p})`
          : f.endsWith("DIFF")
            ? `${f}(${x}, d, ${p})`
            : `${f}(${x}, ${p})`,
      ),
    fc.tuple(fc.constantFrom(...PARTS), tie("expression")).map(([p, x]) => `EXTRACT(${p} FROM ${x})`),
    fc.array(tie("expression"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("expression"), { minLength: 1, maxLength: 3 }).map((items) => `STRUCT(${items.join(", ")})`),
    tie("expression").map((x) => `(SELECT MAX(${x}) FROM d.t AS inner_t)`),
    tie("expression").map((x) => `ARRAY(SELECT ${x} FROM d.t)`),
    tie("expression").map((x) => `EXISTS(SELECT 1 FROM UNNEST([${x}]) AS u WHERE u IS NOT NULL)`),
    fc
      .tuple(
        fc.constantFrom("SUM", "AVG", "MIN", "MAX", "COUNT", "ARRAY_AGG", "STRING_AGG"),
        tie("expression"),
        fc.constantFrom("", " OVER ()", " OVER (PARTITION BY s ORDER BY i)"),
      )
      .map(([f, x, over]) => `${f}(${x})${over}`),
  ),
}));

export { expression };

/** A query over `d.t`. */
export const query: fc.Arbitrary<string> = fc
  .record({
    items: fc.array(fc.tuple(expression, fc.constantFrom("", " AS c1", " AS c2")), { minLength: 1, maxLength: 3 }),
    from: fc.constantFrom(
      "d.t",
      "d.t AS t",
      "d.t AS t JOIN d.t AS r USING (i)",
      "d.t, UNNEST(a) AS e WITH OFFSET AS o",
      "(SELECT * FROM d.t) AS t",
      "d.t AS t LEFT JOIN d.t AS r ON t.i = r.i",
      "nowhere",
    ),
    where: fc.option(expression, { nil: undefined, freq: 2 }),
    group: fc.option(expression, { nil: undefined, freq: 3 }),
    having: fc.option(expression, { nil: undefined, freq: 4 }),
    order: fc.option(expression, { nil: undefined, freq: 2 }),
    tail: fc.constantFrom("", " LIMIT 2", " UNION ALL SELECT 1", " |> WHERE TRUE |> LIMIT 1"),
  })
  .map(({ items, from, where, group, having, order, tail }) => {
    const clause = (word: string, text: string | undefined): string => (text === undefined ? "" : ` ${word} ${text}`);
    const list = items.map(([text, alias]) => text + alias).join(", ");
    return `SELECT ${list} FROM ${from}${clause("WHERE", where)}${clause("GROUP BY", group)}${clause("HAVING", having)}${clause("ORDER BY", order)}${tail}`;
  });

const PIECE = /\s+|[A-Za-z_]\w*|\d+|'[^']*'|./gs;

/** A text of the corpus with pieces left out, doubled, swapped or replaced by a piece of another text. */
export function mutated(corpus: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({ kind: fc.constantFrom("drop", "double", "swap", "splice"), at: fc.nat(), from: fc.nat() });
  return fc
    .tuple(fc.constantFrom(...corpus), fc.constantFrom(...corpus), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([text, other, changes]) => {
      const pieces: string[] = text.match(PIECE) ?? [];
      const donors: string[] = other.match(PIECE) ?? [];
      for (const { kind, at, from } of changes) {
        if (pieces.length === 0) break;
        const i = at % pieces.length;
        if (kind === "drop") pieces.splice(i, 1);
        else if (kind === "double") pieces.splice(i, 0, pieces[i] as string);
        else if (kind === "swap")
          [pieces[i], pieces[from % pieces.length]] = [pieces[from % pieces.length] as string, pieces[i] as string];
        else pieces[i] = donors[from % Math.max(1, donors.length)] ?? "";
      }
      return pieces.join("");
    });
}
