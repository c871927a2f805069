import type { BinaryOperator, Expr, Identifier } from "../ast.js";
import { syntaxError } from "../errors.js";
import type { Cursor } from "./cursor.js";
import { acceptPredicate } from "./predicate.js";
import { parseAccesses, parsePostfix } from "./primary.js";
import { parseQuery } from "./query.js";

type UnaryOperator = Extract<Expr, { kind: "unary" }>["op"];

/**
 * Operators of GoogleSQL from the loosest to the tightest: OR, AND, NOT, comparisons (not associative), `|`, `^`, `&`, shifts, `+ -`,
 * `* / ||`, unary. https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#operator_precedence
 */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARISON = 4;
const BIT_OR = 5;
const SHIFT = 8;
const UNARY = 11;
const TIGHTER: Readonly<Record<string, number>> = {
  "|": BIT_OR,
  "^": 6,
  "&": 7,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "||": 10,
};
const COMPARISONS = new Set(["=", "!=", "<", "<=", ">", ">="]);

/** What waits for its right side. */
type Waiting =
  | { readonly kind: "binary"; readonly level: number; readonly op: BinaryOperator; readonly left: Expr }
  | { readonly kind: "unary"; readonly level: number; readonly op: UnaryOperator; readonly start: number }
  /** An open parenthesis, with the fields of a tuple that stand before this one. */
  | { readonly kind: "open"; readonly level: 0; readonly start: number; readonly fields: Expr[] };

export function parseExpression(c: Cursor): Expr {
  return new OperatorParser(c, OR).parse();
}

/** An operand of a comparison: what may stand before IN. */
export function parseBitOr(c: Cursor): Expr {
  return new OperatorParser(c, BIT_OR).parse();
}

/** Parses operators and parentheses with a stack of its own, because how deeply they are nested is up to the text. */
class OperatorParser {
  readonly #waiting: Waiting[] = [];

  constructor(
    private readonly c: Cursor,
    /** Operators looser than this end the expression, except within its parentheses. */
    private readonly loosest: number,
  ) {}

  parse(): Expr {
    const { c } = this;
    let value = this.#operand();
    let compared = false;
    for (;;) {
      const open = this.#waiting.findLast((item) => item.kind === "open");
      const loosest = open === undefined ? this.loosest : OR;
      const operator = this.#acceptOperator(loosest, compared);
      if (operator !== undefined) {
        this.#waiting.push({ kind: "binary", ...operator, left: this.#reduced(value, operator.level) });
        [value, compared] = [this.#operand(), false];
        continue;
      }
      if (loosest <= COMPARISON && !compared && !this.#comparing()) {
        const left = this.#reduced(value, BIT_OR);
        const predicate = acceptPredicate(c, left);
        [value, compared] = [predicate ?? left, predicate !== undefined];
        if (compared) continue;
      }
      value = this.#reduced(value, 0);
      if (open === undefined) return value;
      if (c.accept(",")) {
        open.fields.push(value);
        value = this.#operand();
      } else {
        c.expect(")");
        this.#waiting.pop();
        value = parseAccesses(c, closed(open, value, c), true);
      }
      compared = false;
    }
  }

  /** The next operand; the operators and parentheses before it begin to wait. */
  #operand(): Expr {
    const { c } = this;
    for (;;) {
      const token = c.peek();
      if (c.isWord("NOT") && this.#mayNegate()) this.#prefix("NOT", NOT, token.start);
      else if (c.is("-") || c.is("+") || c.is("~")) this.#prefix(token.value as UnaryOperator, UNARY, token.start);
      else if (!c.is("(")) return parsePostfix(c);
      else {
        c.next();
        if (c.startsQuery()) {
          const query = parseQuery(c);
          c.expect(")");
          return parseAccesses(c, { kind: "subquery", query, ...c.span(token.start) });
        }
        this.#waiting.push({ kind: "open", level: 0, start: token.start, fields: [] });
      }
    }
  }

  #mayNegate(): boolean {
    const level = this.#waiting.at(-1)?.level ?? (this.loosest === OR ? 0 : BIT_OR);
    return level <= NOT;
  }

  /** Of equal signs in a row only two or three stay: each two of the others undo each other. One `+` is as good as many. */
  #prefix(op: UnaryOperator, level: number, start: number): void {
    this.c.next();
    const most = op === "+" ? 1 : 3;
    const last = this.#waiting.slice(-most);
    const full = last.length === most && last.every((item) => item.kind === "unary" && item.op === op);
    if (!full) this.#waiting.push({ kind: "unary", level, op, start });
    else if (op !== "+") this.#waiting.pop();
  }

  /** Whether a comparison already waits for the operand that is being read. */
  #comparing(): boolean {
    return this.#waiting.findLast(({ level }) => level < BIT_OR)?.level === COMPARISON;
  }

  #acceptOperator(loosest: number, compared: boolean): { op: BinaryOperator; level: number } | undefined {
    const { c } = this;
    const token = c.peek();
    if (token.kind === "word") {
      if (loosest <= OR && c.acceptWords("OR")) return { op: "OR", level: OR };
      return loosest <= AND && c.acceptWords("AND") ? { op: "AND", level: AND } : undefined;
    }
    if (token.kind !== "punctuation") return undefined;
    const shift = isShift(c);
    if (COMPARISONS.has(token.value) && !shift) {
      if (loosest > COMPARISON) return undefined;
      if (compared || this.#comparing()) throw syntaxError(`Unexpected "${token.text}"`, token);
      c.next();
      return { op: token.value as BinaryOperator, level: COMPARISON };
    }
    const level = shift ? SHIFT : TIGHTER[token.value];
    if (compared || level === undefined) return undefined;
    c.next();
    if (shift) c.next();
    return { op: (shift ? token.value.repeat(2) : token.value) as BinaryOperator, level };
  }

  /** `value` as the right side of everything that waits and binds at least as tightly as `level`. */
  #reduced(value: Expr, level: number): Expr {
    let result = value;
    for (;;) {
      const last = this.#waiting.at(-1);
      if (last === undefined || last.kind === "open" || last.level < level) return result;
      this.#waiting.pop();
      result =
        last.kind === "binary"
          ? { kind: "binary", op: last.op, left: last.left, right: result, start: last.left.start, end: result.end }
          : { kind: "unary", op: last.op, operand: result, start: last.start, end: result.end };
    }
  }
}

/** What stood in parentheses: a tuple where there was a comma. */
function closed({ start, fields }: Extract<Waiting, { kind: "open" }>, last: Expr, c: Cursor): Expr {
  if (fields.length === 0) return last.kind === "path" ? last : { ...last, ...c.span(start) };
  const named = [...fields, last].map((value) => ({ name: undefined as Identifier | undefined, value }));
  return { kind: "struct", tuple: true, type: undefined, fields: named, ...c.span(start) };
}

/** `<<` and `>>` arrive as two adjacent tokens. */
function isShift(c: Cursor): boolean {
  const first = c.peek();
  const second = c.peek(1);
  return (
    first.kind === "punctuation" &&
    (first.value === "<" || first.value === ">") &&
    second.kind === "punctuation" &&
    second.value === first.value &&
    second.start === first.end
  );
}
