/** The actions of a generated project, and the GoogleSQL that they stand for. */

export type Kind = "incremental" | "table" | "view" | "assertion";

export interface Input {
  readonly name: string;
  /** Days before and behind a partition that it reads of this input. */
  readonly back: number;
  readonly ahead: number;
}

/** One action: what a user would write, small enough that a few lines of TypeScript can compute what it must give. */
export interface Spec {
  readonly name: string;
  readonly kind: Kind;
  readonly inputs: readonly Input[];
  /** Changes the numbers that come out. */
  readonly version: number;
  /** A small one makes many changes of the inputs vanish in the output. */
  readonly modulus: number;
  /** With unique key and `data_hash`; otherwise changed partitions are replaced. */
  readonly keyed: boolean;
  /** Reads whole rows of its inputs, columns that it does not know included: `x`, where there is one, is added to `v`. */
  readonly wide: boolean;
  /** Calls RAND() where nobody can see that it does not matter. */
  readonly volatile: boolean;
  readonly disabled: boolean;
  /** Fails when it runs. */
  readonly broken: boolean;
  /** Changes the source file and nothing else. */
  readonly comment: number;
}

export interface Row {
  readonly d: string;
  readonly k: string;
  readonly v: number;
  /** A column that only some sources have, and only some of the time. */
  readonly x?: number | undefined;
  /** Its `data_hash` is NULL: the table got that column after the row. */
  readonly unhashed?: true | undefined;
}

export const DATASET = "world";

export function relation(name: string): string {
  return `${DATASET}.${name}`;
}

/** Everything of a spec that may change what is built. */
export function semantics({ comment: _comment, ...spec }: Spec): string {
  return JSON.stringify(spec);
}

/** An action's query, with the text range of every relation that it names. */
export interface SpecSql {
  readonly sql: string;
  readonly reads: readonly { readonly key: string; readonly start: number; readonly end: number }[];
}

/** GoogleSQL of one action. The comments tell `evaluateSql` what is what; engines do not see them. */
export function specSql(spec: Spec): SpecSql {
  const reads: { key: string; start: number; end: number }[] = [];
  let sql = `/*spec ${semantics(spec)}*/ `;
  const text = (part: string) => {
    sql += part;
  };
  const read = (index: number, alias: string) => {
    const key = relation((spec.inputs[index] as Input).name);
    text(`/*<${spec.name}.${index}*/`);
    reads.push({ key, start: sql.length, end: sql.length + key.length + 4 });
    text(`\`${key.replace(".", "`.`")}\`/*${spec.name}.${index}>*/ AS ${alias}`);
  };
  if (spec.kind === "view" || spec.kind === "assertion") {
    text(spec.wide ? "SELECT * FROM " : "SELECT d, k, v FROM ");
    read(0, "s0");
    text(spec.kind === "view" ? ` WHERE v >= ${spec.version}` : ` WHERE v = ${spec.version}`);
  } else {
    const value = (index: number) =>
      spec.wide ? `v + IFNULL(CAST(REGEXP_EXTRACT(TO_JSON_STRING(s${index}), r'"x":"?([0-9]+)') AS INT64), 0)` : "v";
    const hash = ", TO_HEX(SHA256(CONCAT(CAST(d AS STRING), '|', k, '|', CAST(v AS STRING)))) AS data_hash";
    text(`SELECT d, k, ${spec.broken ? "NO_SUCH_FUNCTION(v)" : "v"} AS v${spec.keyed ? hash : ""} FROM (`);
    text(
      `SELECT o.d AS d, i.k AS k, MOD(SUM(i.v * i.w) + ${7 * spec.version}, ${spec.modulus}) AS v FROM (SELECT DISTINCT d FROM `,
    );
    read(0, "o0");
    text(") AS o JOIN (");
    spec.inputs.forEach(({ back, ahead }, index) => {
      text(
        `${index === 0 ? "" : " UNION ALL "}SELECT ${index + 1} AS w, ${back} AS back, ${ahead} AS ahead, d, k, ${value(index)} AS v FROM `,
      );
      read(index, `s${index}`);
    });
    text(
      ") AS i ON i.d BETWEEN DATE_SUB(o.d, INTERVAL i.back DAY) AND DATE_ADD(o.d, INTERVAL i.ahead DAY) GROUP BY o.d, i.k)",
    );
  }
  return { sql, reads };
}

/** What an action's query gives, by definition. */
export function evaluate(spec: Spec, inputs: readonly (readonly Row[])[]): Row[] {
  const first = inputs[0] as readonly Row[];
  const plain = (row: Row) => (spec.wide ? row : { d: row.d, k: row.k, v: row.v });
  if (spec.kind === "view") return first.filter(({ v }) => v >= spec.version).map(plain);
  if (spec.kind === "assertion") return first.filter(({ v }) => v === spec.version);
  const sums = new Map<string, number>();
  for (const d of new Set(first.map((row) => row.d))) {
    inputs.forEach((rows, index) => {
      const { back, ahead } = spec.inputs[index] as Input;
      const [from, to] = [shift(d, -back), shift(d, ahead)];
      for (const row of rows) {
        if (row.d < from || row.d > to) continue;
        const key = `${d}|${row.k}`;
        const value = row.v + (spec.wide ? (row.x ?? 0) : 0);
        sums.set(key, (sums.get(key) ?? 0) + value * (index + 1));
      }
    });
  }
  return [...sums].map(([key, sum]) => ({
    d: key.slice(0, 10),
    k: key.slice(11),
    v: (sum + 7 * spec.version) % spec.modulus,
  }));
}

/** A date of January 2024, moved by some days without leaving what text comparison can order. */
export function shift(date: string, days: number): string {
  return day(Number(date.slice(8)) - 10 + days);
}

/** Day 0 is 2024-01-10. */
export function day(index: number): string {
  return `2024-01-${String(10 + index).padStart(2, "0")}`;
}
