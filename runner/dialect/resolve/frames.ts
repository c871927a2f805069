import type { FrameBound, OrderItem, WindowFrame } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { orderKeys, printOrder } from "../types/order-keys.js";
import { mayBeNan, type Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import type { ExprContext } from "./scope.js";

/** ORDER BY keys and frame of a window. */
export interface PrintedFrame {
  readonly orderBy: string;
  readonly frame: string;
  /** For rows where `when` holds another window counts: a NaN or NULL has no distance to anything, so its range is its peers. */
  readonly peers: { readonly when: string; readonly orderBy: string; readonly frame: string } | undefined;
}

/** The frame of a window, whose order the kind of the frame decides too. */
export function printFrame(
  frame: WindowFrame | undefined,
  items: readonly OrderItem[],
  order: readonly Typed[],
  ctx: ExprContext,
): PrintedFrame {
  const plain = items.map((item, i) => orderKeys(order[i] as Typed, item)).join(", ");
  if (frame === undefined) return { orderBy: plain, frame: "", peers: undefined };
  checkBounds(frame);
  if (frame.unit === "ROWS" || ![frame.from, frame.to].some((bound) => "offset" in bound)) {
    return { orderBy: plain, frame: frameText(frame, (bound) => printRows(bound, ctx)), peers: undefined };
  }
  const [key] = order;
  const [item] = items;
  if (order.length !== 1 || key === undefined || item === undefined) {
    throw analysisError(
      "RANGE-based window with OFFSET PRECEDING or OFFSET FOLLOWING boundaries must have exactly one ORDER BY key",
      frame,
    );
  }
  return printRange(frame, item, key, plain, ctx);
}

function printRange(frame: WindowFrame, item: OrderItem, key: Typed, plain: string, ctx: ExprContext): PrintedFrame {
  const text = frameText(frame, (bound) =>
    "offset" in bound ? `${distance(bound, item, key, ctx)} ${bound.kind}` : bound.kind,
  );
  switch (key.type) {
    case "INT64":
      // The end of a range of INT64 may lie outside of INT64.
      return { orderBy: printOrder(`CAST(${key.sql} AS HUGEINT)`, item), frame: text, peers: undefined };
    case "NUMERIC":
    case "BIGNUMERIC":
      return { orderBy: printOrder(units(key.sql, key.type), item), frame: text, peers: undefined };
    case "FLOAT64": {
      if (!mayBeNan(key)) return { orderBy: plain, frame: text, peers: undefined };
      if (item.nulls !== undefined && (item.nulls === "FIRST") === item.descending)
        throw unsupported(`A RANGE frame over FLOAT64 with NULLS ${item.nulls}`, item);
      const peers = frameText(frame, (bound) => ("offset" in bound ? "CURRENT ROW" : bound.kind));
      return {
        orderBy: printOrder(`CASE WHEN isnan(${key.sql}) THEN NULL ELSE ${key.sql} END`, item),
        frame: text,
        peers: { when: `(${key.sql} IS NULL OR isnan(${key.sql}))`, orderBy: plain, frame: peers },
      };
    }
    default:
      throw analysisError(
        `ORDER BY key must be numeric in a RANGE-based window with OFFSET PRECEDING or OFFSET FOLLOWING boundaries, but has type ${typeName(key.type)}`,
        frame,
      );
  }
}

function frameText(frame: WindowFrame, bound: (bound: FrameBound) => string): string {
  return `${frame.unit} BETWEEN ${bound(frame.from)} AND ${bound(frame.to)}`;
}

/** The bounds in an order that can hold rows. */
function checkBounds({ from, to }: WindowFrame): void {
  if (from.kind === "UNBOUNDED FOLLOWING")
    throw analysisError("Starting window framing expression cannot be UNBOUNDED FOLLOWING", from);
  if (to.kind === "UNBOUNDED PRECEDING")
    throw analysisError("Ending window framing expression cannot be UNBOUNDED PRECEDING", to);
  if (from.kind === "CURRENT ROW" && to.kind === "PRECEDING")
    throw analysisError(
      "Starting window framing expression cannot be CURRENT ROW when the ending window framing expression is OFFSET PRECEDING",
      to,
    );
  if (from.kind === "FOLLOWING" && (to.kind === "CURRENT ROW" || to.kind === "PRECEDING"))
    throw analysisError(
      `Ending window framing expression cannot be ${to.kind === "PRECEDING" ? "OFFSET PRECEDING" : to.kind} when the starting window framing expression is OFFSET FOLLOWING`,
      to,
    );
}

function printRows(bound: FrameBound, ctx: ExprContext): string {
  return "offset" in bound ? `${offsetOf(bound, "INT64", ctx).sql} ${bound.kind}` : bound.kind;
}

function offsetOf(bound: FrameBound & { offset: unknown }, type: Typed["type"], ctx: ExprContext): Typed {
  const expr = (bound as Extract<FrameBound, { offset: unknown }>).offset;
  const offset = resolveExpr(expr, ctx);
  if (offset.uses.length > 0 || offset.opaque === true)
    throw analysisError("Window framing expression must be a literal or parameter", expr);
  if (coercionCost(offset, type) === undefined) {
    throw analysisError(
      `Window framing expression has type ${typeName(offset.type)} that cannot coerce to type ${typeName(type)}`,
      expr,
    );
  }
  const { literal } = offset;
  if ((literal?.kind === "integer" && literal.value < 0n) || (literal?.kind === "float" && Number(literal.text) < 0)) {
    throw analysisError("Window frame offset must be a non-negative value", expr);
  }
  return coerce(offset, type);
}

/** An offset in the units of the key. */
function distance(bound: FrameBound & { offset: unknown }, item: OrderItem, key: Typed, ctx: ExprContext): string {
  const { sql } = offsetOf(bound, key.type, ctx);
  if (key.type === "INT64") return `CAST(${sql} AS HUGEINT)`;
  if (key.type !== "NUMERIC" && key.type !== "BIGNUMERIC") return sql;
  // Beyond the smallest and greatest of 38 digits a bound is as good as any other, and HUGEINT ends soon after.
  const down = (bound.kind === "PRECEDING") !== item.descending;
  const [place, offset] = [units(key.sql, key.type), units(sql, key.type)];
  const room = down ? `${place} + ${MARGIN}` : `${MARGIN} - ${place}`;
  return `CASE WHEN ${place} ${down ? ">" : "<"} 0 THEN ${offset} ELSE least(${offset}, ${room}) END`;
}

/** More than 38 digits. */
const MARGIN = "CAST('120000000000000000000000000000000000000' AS HUGEINT)";

/** A HUGEINT of units of 10^-9 of a NUMERIC, of 10^-18 of a BIGNUMERIC, which fails where it has more digits, as storing it does. */
function units(sql: string, type: "NUMERIC" | "BIGNUMERIC"): string {
  return type === "NUMERIC"
    ? `bq.numeric_unscaled(${sql})`
    : `CAST(replace(bq_bignumeric_decimal(${sql}, 18::BIGINT, true), '.', '') AS HUGEINT)`;
}
