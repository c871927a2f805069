import type { Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import type { ScopeColumn } from "./scope.js";
import { didYouMean } from "./suggest.js";

/** What an argument of a table function says that has to be written out: names of columns, and words. */
export class WrittenArguments {
  /** @param name the function's, for messages */
  constructor(readonly name: string) {}

  elements(list: Expr): readonly Expr[] {
    if (list.kind !== "array") throw analysisError(`${this.name} needs an array literal here`, list);
    return list.elements;
  }

  text(expr: Expr): string {
    if (expr.kind !== "string") throw analysisError(`${this.name} needs a string literal here`, expr);
    return expr.value;
  }

  /** The column that a string literal names. */
  column(name: Expr, columns: readonly ScopeColumn[]): ScopeColumn {
    const wanted = this.text(name).toLowerCase();
    const found = columns.find((column) => column.name?.toLowerCase() === wanted);
    if (found !== undefined) return found;
    const names = columns.flatMap((column) => column.name ?? []);
    const hint = didYouMean(wanted, names);
    throw analysisError(`Column ${this.text(name)} not found in ${this.name}${hint}`, name);
  }
}
