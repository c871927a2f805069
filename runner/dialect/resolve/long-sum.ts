import type { BinaryOperator, Expr } from "../../googlesql/ast.js";
import type { SqlType } from "../../port/sql-types.js";
import { coerce } from "../types/coercion.js";
import { derive, mayBeNan, type Typed } from "../types/typed.js";

type Binary = Extract<Expr, { kind: "binary" }>;

/** Sums and products of more terms than this become one list: DuckDB's time grows with the cube of how deep an expression is nested. */
const LONG = 64;

/** What a sum of each type takes as further terms without becoming a sum of another type. */
const TERMS: Readonly<Record<string, readonly SqlType[]>> = {
  INT64: ["INT64"],
  NUMERIC: ["NUMERIC", "INT64"],
  FLOAT64: ["FLOAT64", "NUMERIC", "INT64"],
};

/**
 * How many of the next operators are one long sum (`+` and `-`) or product (`*`) of one type; 0 where it is not long.
 * @param operands what `nodes` have to their right
 */
export function longRun(first: Typed, nodes: readonly Binary[], operands: readonly Typed[]): number {
  const terms = TERMS[first.type as string];
  const isProduct = nodes[0]?.op === "*";
  if (terms === undefined || nodes.length <= LONG) return 0;
  const fits = ({ op }: Binary, i: number): boolean =>
    (isProduct ? op === "*" : op === "+" || op === "-") &&
    terms.includes((operands[i] as Typed).type) &&
    operands[i]?.literal?.kind !== "null";
  const end = nodes.findIndex((node, i) => !fits(node, i));
  const length = end === -1 ? nodes.length : end;
  return length > LONG ? length : 0;
}

/** The sum or product from left to right. DuckDB negates what is subtracted, which fails for the least INT64. */
export function longSum(first: Typed, nodes: readonly Binary[], operands: readonly Typed[]): Typed {
  const { type } = first;
  const terms = [first, ...operands.map((operand) => coerce(operand, type))];
  const texts = terms.map(({ sql }, i) => (i > 0 && nodes[i - 1]?.op === "-" ? `-(${sql})` : sql));
  const sql = `list_reduce([${texts.join(", ")}], lambda a, b: ${step(nodes[0]?.op ?? "+", type)})`;
  const span = { start: nodes[0]?.start ?? first.span.start, end: nodes.at(-1)?.end ?? first.span.end };
  const typed = derive(sql, type, span, terms);
  return type === "FLOAT64" && !terms.some(mayBeNan) ? { ...typed, finite: true } : typed;
}

function step(op: BinaryOperator, type: SqlType): string {
  if (op !== "*") return "a + b";
  return type === "NUMERIC" ? "bq.numeric_mul(a, b)" : "a * b";
}
