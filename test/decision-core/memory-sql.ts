import type { Content, Row } from "./content.js";
import { evaluate, evaluateIncrement } from "./evaluate.js";
import type { Spec } from "./spec.js";

/** Where the evaluator finds what a query names: a table's content, or the query of a view. */
export type Named = (key: string) => Content | { readonly view: string } | undefined;

/**
 * Evaluates SQL as the specs of this world write it and as the runner composes it: conditions on partitions around an action's query,
 * and each source in place of its mark.
 * @throws Error for a relation that is not there, and for what a spec says is broken
 */
export function evaluateSql(sql: string, named: Named): Content {
  const around = /^SELECT \* FROM \(\n([\s\S]*)\n\) (?:LIMIT (\d+)|WHERE (.*))$/.exec(sql);
  if (around !== null) {
    const { columns, rows } = evaluateSql(around[1] as string, named);
    return {
      columns,
      rows: around[3] === undefined ? rows.slice(0, Number(around[2])) : rows.filter(partitionFilter(around[3])),
    };
  }
  const [, mode, json] = /^\/\*(full|increment) (.*?)\*\//.exec(sql) ?? [];
  if (json === undefined) throw new Error(`no spec wrote ${sql}`);
  const spec = JSON.parse(json) as Spec;
  if (spec.broken) throw new Error("Function not found: NO_SUCH_FUNCTION");
  const read = (place: number | "own") => sourceAt(sql, `${spec.name}.${place}`, named);
  const inputs = spec.inputs.slice(0, spec.accumulation === undefined ? undefined : 1).map((_, index) => read(index));
  if (mode === "full" || spec.accumulation === undefined) return evaluate(spec, inputs);
  const own = sql.includes(`/*<${spec.name}.own*/`) ? read("own").rows : [];
  const first = inputs[0] as Content;
  return { columns: evaluate(spec, [first]).columns, rows: evaluateIncrement(spec, first, own) };
}

/** What stands between the marks of one read: a name, a name cut to some partitions, or the query of a view. */
function sourceAt(sql: string, place: string, named: Named): Content {
  const [open, close] = [`/*<${place}*/`, `/*${place}>*/`];
  const start = sql.indexOf(open);
  if (start < 0) throw new Error(`${place} is not read`);
  const text = sql.slice(start + open.length, sql.indexOf(close, start));
  const [, key, condition] =
    /^(?:\(SELECT \* FROM )?((?:`[^`]+`\.)?`[^`]+`)(?: AS `_fastbreak_rows` WHERE (.*)\))?$/.exec(text) ?? [];
  if (key === undefined) return evaluateSql(text.slice("(\n".length, -"\n)".length), named);
  const found = named(key.replaceAll("`", ""));
  if (found === undefined) throw new Error(`${key} is not there`);
  const content = "view" in found ? evaluateSql(found.view, named) : found;
  return condition === undefined
    ? content
    : {
        columns: content.columns,
        rows: content.rows.filter(partitionFilter(condition.replaceAll("`_fastbreak_rows`.", ""))),
      };
}

type Truth = boolean | undefined;

/** A condition as `partitionTest` prints it, in the logic of SQL: NULL is neither true nor false. */
export function partitionFilter(condition: string): (row: Row) => boolean {
  const tokens = condition.match(/`[^`]+`|'[^']*'|[()=]|\w+/g) ?? [];
  return (row) => {
    const parser = new ConditionParser(tokens, row);
    return parser.either() === true;
  };
}

/** Reads and judges at once: `test OR test`, `NOT (..)`, `(..)`, TRUE, FALSE, and three tests of a column. */
class ConditionParser {
  #at = 0;

  constructor(
    readonly tokens: readonly string[],
    readonly row: Row,
  ) {}

  either(): Truth {
    let truth = this.#one();
    while (this.#take("OR")) {
      const other = this.#one();
      truth = truth === true || other === true ? true : truth === false && other === false ? false : undefined;
    }
    return truth;
  }

  #one(): Truth {
    if (this.#take("TRUE")) return true;
    if (this.#take("FALSE")) return false;
    if (this.#take("NOT")) {
      const truth = this.#one();
      return truth === undefined ? undefined : !truth;
    }
    if (this.#take("(")) {
      const truth = this.either();
      this.#need(")");
      return truth;
    }
    return this.#test();
  }

  #test(): Truth {
    const value = this.row[this.#next().slice(1, -1)] ?? null;
    if (this.#take("IS")) {
      this.#need("NULL");
      return value === null;
    }
    if (this.#take("=")) return compared(value, (date) => date === this.#date());
    this.#need("BETWEEN");
    const from = this.#date();
    this.#need("AND");
    const to = this.#date();
    return compared(value, (date) => date >= from && date <= to);
  }

  #date(): string {
    this.#need("DATE");
    return this.#next().slice(1, -1);
  }

  #take(token: string): boolean {
    if (this.tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #need(token: string): void {
    if (!this.#take(token)) throw new Error(`${token} expected in ${this.tokens.join(" ")}`);
  }

  #next(): string {
    this.#at += 1;
    return this.tokens[this.#at - 1] ?? "";
  }
}

function compared(value: Row[string] | undefined, test: (date: string) => boolean): Truth {
  const truth = test(String(value));
  return value === null ? undefined : truth;
}
