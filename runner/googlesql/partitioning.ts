import type { Relation } from "../port/port.js";
import type { Expr } from "./ast.js";
import { parseExpressionText } from "./parser/statement.js";
import { quoteIdentifier } from "./quote.js";

/** How a table is partitioned, as the API of BigQuery writes it. */
export interface Partitioning {
  readonly timePartitioning?: { readonly type: string; readonly field?: string };
  readonly rangePartitioning?: {
    readonly field: string;
    readonly range: { readonly start: string; readonly end: string; readonly interval: string };
  };
}

/** Columns of the time at which rows came. */
const INGESTION = /^_PARTITION/i;
const UNITS: ReadonlySet<string> = new Set(["HOUR", "DAY", "MONTH", "YEAR"]);

/**
 * What stands behind PARTITION BY.
 * @returns undefined for what is none of the forms that BigQuery has
 */
export function partitioningOf(partitionBy: string): Partitioning | undefined {
  try {
    return partitioningOfExpression(parseExpressionText(partitionBy));
  } catch {
    return undefined;
  }
}

/** The same of an expression that is parsed. */
export function partitioningOfExpression(expr: Expr): Partitioning | undefined {
  const column = nameOf(expr);
  if (column !== undefined) return { timePartitioning: { type: "DAY", ...fieldOf(column) } };
  if (expr.kind !== "call") return undefined;
  const [of, by, ...rest] = expr.args.map(({ value }) => value);
  const field = nameOf(of);
  if (field === undefined || rest.length > 0) return undefined;
  if (expr.name === "RANGE_BUCKET") {
    const range = rangeOf(by);
    return range && { rangePartitioning: { field, range } };
  }
  if (expr.name === "DATE")
    return by === undefined ? { timePartitioning: { type: "DAY", ...fieldOf(field) } } : undefined;
  const unit = nameOf(by)?.toUpperCase() ?? "";
  const isCut = /^(?:DATE|DATETIME|TIMESTAMP)_TRUNC$/.test(expr.name) && UNITS.has(unit);
  return isCut ? { timePartitioning: { type: unit, ...fieldOf(field) } } : undefined;
}

/** `GENERATE_ARRAY(start, end, interval)` of whole numbers, the last of which is 1 where it is not said. */
function rangeOf(expr: Expr | undefined): NonNullable<Partitioning["rangePartitioning"]>["range"] | undefined {
  if (expr?.kind !== "call" || expr.name !== "GENERATE_ARRAY" || expr.args.length > 3) return undefined;
  const [start, end, interval = "1"] = expr.args.map(({ value }) => wholeNumber(value) ?? "");
  return start && end && interval ? { start, end, interval } : undefined;
}

function wholeNumber(expr: Expr): string | undefined {
  if (expr.kind === "integer") return String(BigInt(expr.value));
  if (expr.kind !== "unary" || expr.op !== "-") return undefined;
  const value = wholeNumber(expr.operand);
  return value && `-${value}`;
}

function nameOf(expr: Expr | undefined): string | undefined {
  return expr?.kind === "path" && expr.parts.length === 1 ? expr.parts[0]?.name : undefined;
}

function fieldOf(column: string): { readonly field?: string } {
  return INGESTION.test(column) ? {} : { field: column };
}

/**
 * A condition that holds for every row, and says of the partitions of a table that it reads them all.
 * @param alias of the table; undefined: columns are named without it
 */
export function everyPartition(relation: Pick<Relation, "filterColumn"> | undefined, alias?: string): string {
  if (relation?.filterColumn === undefined) return "TRUE";
  const column = `${alias === undefined ? "" : `${alias}.`}${quoteIdentifier(relation.filterColumn)}`;
  return `(${column} IS NULL OR ${column} IS NOT NULL)`;
}
