import type { Expr, FromItem, Identifier, JoinType } from "../ast.js";
import { analysisError, syntaxError } from "../errors.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";

/** ON or USING, and the offset of its keyword. */
interface JoinCondition {
  readonly on: Expr | undefined;
  readonly using: readonly Identifier[];
  readonly start: number;
}

/** What a comma or a JOIN adds to a FROM clause. */
export interface JoinStep {
  readonly type: JoinType;
  readonly comma: boolean;
  readonly item: FromItem;
  /** Behind the first one, those of JOINs before this one: `a JOIN b JOIN c ON .. ON ..`. */
  readonly conditions: readonly JoinCondition[];
}

/** The ON and USING clauses that follow a side of a join. */
export function parseConditions(c: Cursor): JoinCondition[] {
  const conditions: JoinCondition[] = [];
  for (;;) {
    const { start } = c.peek();
    if (c.acceptWords("ON")) conditions.push({ on: parseExpression(c), using: [], start });
    else if (c.acceptWords("USING"))
      conditions.push({ on: undefined, using: c.parenthesized(() => c.list(() => c.identifier())), start });
    else return conditions;
  }
}

/** A join behind its parts, of which none is open. Throws where the condition is missing or too much. */
export function joined(first: FromItem, steps: readonly JoinStep[]): FromItem {
  const closed = closings(steps);
  const build = (left: FromItem, from: number, to: number): FromItem => {
    let item = left;
    for (let i = from; i < to; ) {
      const step = steps[i] as JoinStep;
      const later = closed.get(i);
      const right = later === undefined ? step.item : build(step.item, i + 1, later.end);
      item = join(step, item, right, later === undefined ? ownCondition(step) : later.condition);
      i = later?.end ?? i + 1;
    }
    return item;
  };
  return build(first, 0, steps.length);
}

interface Closing {
  readonly condition: JoinCondition;
  /** The step behind the last one on the right side of the join. */
  readonly end: number;
}

/** The joins whose condition follows a later one's, by step: each closes the last that is still open. */
function closings(steps: readonly JoinStep[]): ReadonlyMap<number, Closing> {
  const closed = new Map<number, Closing>();
  let open: number[] = [];
  steps.forEach((step, i) => {
    if (step.comma) open = [];
    const own = ownCondition(step) === undefined ? 0 : 1;
    if (own === 0 && step.type !== "CROSS") open.push(i);
    for (const condition of step.conditions.slice(own)) {
      const last = open.pop();
      if (last === undefined) throw surplus(step, condition);
      closed.set(last, { condition, end: i + 1 });
    }
  });
  return closed;
}

const ownCondition = (step: JoinStep): JoinCondition | undefined =>
  step.type === "CROSS" ? undefined : step.conditions[0];

function surplus(step: JoinStep, { on, start }: JoinCondition) {
  const word = on === undefined ? "USING" : "ON";
  const span = { start, end: start + word.length };
  return step.type === "CROSS"
    ? analysisError(`${word} clause cannot be used with CROSS JOIN`, span)
    : syntaxError(`Unexpected keyword ${word}`, span);
}

function join(step: JoinStep, left: FromItem, right: FromItem, condition: JoinCondition | undefined): FromItem {
  const { type, comma } = step;
  if (type !== "CROSS" && condition === undefined && !isLateral(right))
    throw analysisError(`${type} JOIN must have an immediately following ON or USING clause`, step.item);
  const { on, using = [] } = condition ?? {};
  const end = on?.end ?? using.at(-1)?.end ?? right.end;
  return { kind: "join", type, comma, left, right, on, using, start: left.start, end };
}

/** A join with an array needs no condition. */
function isLateral(item: FromItem): boolean {
  return item.kind === "unnest" || item.kind === "table";
}
