import fc from "fast-check";
import { expect, it } from "vitest";
import type { Catalog } from "../../googlesql/catalog.js";
import { DialectError } from "../../googlesql/contract.js";
import { scanScript } from "../../googlesql/index.js";
import { tokenize } from "../../googlesql/lexer.js";
import { checkScript } from "./check-script.js";

const COLUMNS = [
  { name: "id", type: "INT64" },
  { name: "name", type: "STRING" },
  { name: "s", type: { kind: "struct", fields: [{ name: "a", type: "INT64" }] } },
] as const;
const CATALOG: Catalog = {
  find: (path) => (path.at(-1) === "t" ? { path: ["d", "t"], columns: COLUMNS } : undefined),
  names: () => ["d.t"],
};

const SEEDS = [
  "DECLARE x, y INT64 DEFAULT 1; SET (x, y) = (2, x); IF x > 1 THEN SELECT x; ELSEIF y = 2 THEN SELECT y; ELSE RETURN; END IF",
  "BEGIN SELECT 1; RAISE USING MESSAGE = 'm'; EXCEPTION WHEN ERROR THEN SELECT @@error.message; RAISE; END",
  "a: LOOP BREAK; CONTINUE a; END LOOP a; WHILE TRUE DO LEAVE; END WHILE; REPEAT SELECT 1; UNTIL FALSE END REPEAT",
  "FOR r IN (SELECT id, name FROM d.t) DO INSERT INTO d.t (id, name) VALUES (r.id, r.name), (DEFAULT, 'x'); END FOR",
  "CREATE TEMP FUNCTION f(x INT64, y ANY TYPE) AS ((SELECT MAX(v) + x FROM UNNEST([x]) AS v)); SELECT f(id, 1) FROM d.t",
  "CREATE OR REPLACE FUNCTION d.g(x FLOAT64) RETURNS STRING DETERMINISTIC LANGUAGE js AS 'return String(x)'; SELECT d.g(1)",
  "CREATE PROCEDURE d.p(IN a INT64, OUT b STRING) BEGIN SET b = CAST(a AS STRING); END; DROP PROCEDURE IF EXISTS d.p",
  "CREATE TABLE FUNCTION d.tf(n INT64) RETURNS TABLE<id INT64> AS SELECT id FROM d.t WHERE id > n; SELECT * FROM d.tf(1) AS q",
  "CREATE OR REPLACE TABLE d.n (a INT64 NOT NULL DEFAULT 1, b NUMERIC(10, 2), PRIMARY KEY (a) NOT ENFORCED) CLUSTER BY b OPTIONS (description = 'x')",
  "CREATE TEMP TABLE tt AS SELECT id FROM d.t; TRUNCATE TABLE tt; DROP TABLE tt; CREATE TABLE d.m LIKE d.t",
  "MERGE INTO d.t AS t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED AND t.id > 1 THEN UPDATE SET name = 'x', s.a = 2 WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
  "UPDATE d.t SET s.a = 3, name = q.name FROM d.t AS q WHERE t.id = q.id; DELETE FROM d.t WHERE id = 1",
  "ALTER TABLE d.t ADD COLUMN IF NOT EXISTS z INT64; ALTER TABLE d.t RENAME COLUMN z TO y; ALTER TABLE d.t ALTER COLUMN y SET DATA TYPE NUMERIC",
  "EXECUTE IMMEDIATE 'SELECT @a, ?' USING 1 AS a, 2; ASSERT (SELECT COUNT(*) FROM d.t) > 0 AS 'rows'; CALL d.p(1, x)",
  "BEGIN TRANSACTION; INSERT d.t (id) SELECT 1; COMMIT TRANSACTION; CASE 1 WHEN 1 THEN SELECT 'one'; ELSE SELECT 'x'; END CASE",
];
const WORDS = [...new Set(SEEDS.flatMap((sql) => tokenize(sql).map((token) => token.text)))].filter(
  (text) => text !== "",
);

/** A seed with some of its tokens left out, doubled, or replaced by tokens of other seeds. */
const mutated = fc
  .record({
    seed: fc.constantFrom(...SEEDS),
    changes: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        how: fc.constantFrom("drop", "double", "replace"),
        word: fc.constantFrom(...WORDS),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ seed, changes }) => {
    const tokens = tokenize(seed).map((token) => token.text);
    for (const { at, how, word } of changes) {
      const index = Math.floor(at * (tokens.length - 1));
      if (how === "drop") tokens.splice(index, 1);
      else if (how === "double") tokens.splice(index, 0, tokens[index] ?? "");
      else tokens[index] = word;
    }
    return tokens.join(" ");
  });

it("never fails on a mutated script but with an error that has a place in it", () => {
  const wellPlaced = (sql: string, error: unknown): boolean =>
    error instanceof DialectError && error.line >= 1 && error.span.start >= 0 && error.span.start <= sql.length;
  fc.assert(
    fc.property(mutated, (sql) => {
      for (const error of checkScript(sql, CATALOG).errors) expect(wellPlaced(sql, error)).toBe(true);
      try {
        scanScript(sql);
      } catch (error) {
        expect(wellPlaced(sql, error)).toBe(true);
      }
    }),
    { numRuns: Number(process.env.FASTBREAK_MUTATED_SCRIPTS ?? 2000) },
  );
});

it("finds nothing wrong with the seeds but what no catalog holds", () => {
  const messages = SEEDS.flatMap((sql) => checkScript(sql, CATALOG).errors.map(({ message }) => message));
  expect(messages).toEqual(["Unrecognized name: x"]);
});
