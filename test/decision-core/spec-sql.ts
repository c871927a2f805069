import { isStar, logOf, madeBy, relation, type Spec, semantics } from "./spec.js";

/** A query, with the text range of every relation that it names. */
export interface SpecSql {
  readonly sql: string;
  readonly reads: readonly { readonly key: string; readonly start: number; readonly end: number }[];
}

/** Collects SQL; marks what it reads for the evaluator in memory by comments, which engines do not see. */
class Writer {
  readonly #reads: { key: string; start: number; end: number }[] = [];
  #sql = "";

  constructor(readonly spec: Spec) {}

  text(part: string): this {
    this.#sql += part;
    return this;
  }

  /** @param place number of the input, or `own` for the action's own table */
  read(place: number | "own", alias: string): this {
    const { spec } = this;
    const key = relation(place === "own" ? spec.name : (spec.inputs[place]?.name ?? ""));
    const quoted = `\`${key.replace(".", "`.`")}\``;
    this.text(`/*<${spec.name}.${place}*/`);
    this.#reads.push({ key, start: this.#sql.length, end: this.#sql.length + quoted.length });
    return this.text(`${quoted}/*${spec.name}.${place}>*/ AS ${alias}`);
  }

  done(): SpecSql {
    return { sql: this.#sql, reads: this.#reads };
  }
}

/** GoogleSQL of an action's full query. */
export function specSql(spec: Spec): SpecSql {
  const to = new Writer(spec).text(`/*full ${semantics(spec)}*/ `);
  if (spec.accumulation !== undefined) return historyOf(spec, to).done();
  if (spec.kind === "view" || spec.kind === "assertion" || isStar(spec)) {
    const list = spec.kind !== "assertion" && isStar(spec) ? "*" : "d, k, j, v";
    const test = spec.kind === "assertion" ? "=" : ">=";
    to.text(`SELECT ${list} FROM `)
      .read(0, "s0")
      .text(` WHERE CAST(v AS INT64) ${test} ${versionOf(spec)}`);
    return to.done();
  }
  return sumOf(spec, to).done();
}

/** GoogleSQL of the incremental query of an accumulating model. */
export function incrementSql(spec: Spec): SpecSql {
  const to = new Writer(spec).text(`/*increment ${semantics(spec)}*/ `);
  switch (spec.accumulation) {
    case "new_dates":
      return historyOf(spec, to)
        .text(" WHERE s.d > (SELECT IFNULL(MAX(d), DATE '0001-01-01') FROM ")
        .read("own", "t")
        .text(")")
        .done();
    case "new_keys": {
      const same = ["d", "k", "j"].map((name) => `t.${name} IS NOT DISTINCT FROM s.${name}`).join(" AND ");
      return historyOf(spec, to)
        .text(" WHERE NOT EXISTS (SELECT 1 FROM ")
        .read("own", "t")
        .text(` WHERE ${same})`)
        .done();
    }
    case "merge":
      return historyOf(spec, to).text(" WHERE s.d IS NOT NULL").done();
    case "highest":
      return to
        .text(`SELECT s.d, s.k, s.j, GREATEST(CAST(s.v AS INT64) + ${versionOf(spec)}, IFNULL(t.v, 0)) AS v FROM `)
        .read(0, "s")
        .text(" LEFT JOIN ")
        .read("own", "t")
        .text(" ON t.d = s.d AND t.k = s.k AND t.j = s.j")
        .done();
    default:
      return historyOf(spec, to).done();
  }
}

function historyOf(spec: Spec, to: Writer): Writer {
  return to.text(`SELECT s.d, s.k, s.j, CAST(s.v AS INT64) + ${versionOf(spec)} AS v FROM `).read(0, "s");
}

function sumOf(spec: Spec, to: Writer): Writer {
  const further = (index: number) =>
    spec.wide ? ` + IFNULL(CAST(REGEXP_EXTRACT(TO_JSON_STRING(s${index}), r'"x":"?([0-9]+)') AS INT64), 0)` : "";
  const hash =
    ", CONCAT(IFNULL(CAST(d AS STRING), '?'), '/', IFNULL(k, '?'), '/', IFNULL(j, '?'), '/', CAST(v AS STRING)) AS data_hash";
  const value = spec.broken ? "NO_SUCH_FUNCTION(v)" : spec.texts ? "CAST(v AS STRING)" : "v";
  to.text(
    `SELECT d, k, j, ${value} AS v${spec.keyed ? hash : ""} FROM (SELECT ${moved(spec.forecast)} AS d, i.k AS k, i.j AS j, `,
  )
    .text(
      `MOD(${called(spec, `SUM(i.v * i.w) + ${7 * spec.version}`)}, ${spec.modulus}) AS v FROM (SELECT DISTINCT d FROM `,
    )
    .read(0, "o0")
    .text(") AS o JOIN (");
  spec.inputs.forEach(({ back, ahead }, index) => {
    to.text(
      `${index === 0 ? "" : " UNION ALL "}SELECT ${index + 1} AS w, ${back} AS back, ${ahead} AS ahead, d, k, j, CAST(v AS INT64)${further(index)} AS v FROM `,
    ).read(index, `s${index}`);
  });
  return to.text(
    ") AS i ON (o.d IS NULL AND i.d IS NULL) OR DATE_DIFF(i.d, o.d, DAY) BETWEEN -i.back AND i.ahead GROUP BY o.d, i.k, i.j)",
  );
}

function called({ before, calls }: Spec, sum: string): string {
  const raised = before === undefined ? sum : `${sum} + ANY_VALUE((SELECT m FROM largest))`;
  return calls === undefined ? raised : `${relation(calls)}(${raised})`;
}

/** The statements around a query, and those that an operation consists of. */
export function specStatements(spec: Spec): Record<"preOps" | "postOps" | "operations", string[]> {
  const none = { preOps: [], postOps: [], operations: [] };
  if (spec.kind === "function")
    return {
      ...none,
      operations: [`CREATE OR REPLACE FUNCTION ${relation(spec.name)}(x INT64) RETURNS INT64 AS (x + ${spec.version})`],
    };
  if (spec.kind === "operation") {
    const input = relation(spec.inputs[0]?.name ?? "");
    const query = `SELECT d, k, j, v FROM ${input} WHERE CAST(v AS INT64) >= ${spec.version}`;
    return { ...none, operations: [`CREATE OR REPLACE TABLE ${relation(madeBy(spec))} AS ${query}`] };
  }
  const own = relation(spec.name);
  const deletes = `DELETE FROM ${own} WHERE MOD(CAST(v AS INT64), 4) = 3`;
  const logs = `CREATE OR REPLACE TABLE ${relation(logOf(spec))} AS SELECT k, COUNT(*) AS n FROM ${own} GROUP BY k`;
  return {
    ...none,
    preOps:
      spec.before === undefined
        ? []
        : [`CREATE TEMP TABLE largest AS SELECT IFNULL(MAX(CAST(v AS INT64)), 0) AS m FROM ${relation(spec.before)}`],
    postOps: spec.after === undefined ? [] : [spec.after === "deletes" ? deletes : logs],
  };
}

function moved(days: number): string {
  return days === 0 ? "o.d" : `IF(o.d > DATE '9999-01-01', o.d, DATE_ADD(o.d, INTERVAL ${days} DAY))`;
}

function versionOf({ broken, version }: Spec): string {
  return broken ? "NO_SUCH_FUNCTION(1)" : `${version}`;
}
