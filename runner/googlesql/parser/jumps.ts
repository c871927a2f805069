import { syntaxError } from "../errors.js";
import type { ScriptStatement } from "../script-ast.js";

/** Where a statement stands: whether a loop is around it, and the labels of what is. */
interface Surrounding {
  readonly loop: boolean;
  readonly labels: readonly { readonly name: string; readonly isLoop: boolean }[];
}

/**
 * BREAK and CONTINUE stand in loops, and name labels of what is around them.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language#labels
 */
export function checkJumps(statements: readonly ScriptStatement[], around: Surrounding): void {
  for (const statement of statements) checkStatement(statement, around);
}

function checkStatement(statement: ScriptStatement, around: Surrounding): void {
  switch (statement.kind) {
    case "leave":
    case "iterate": {
      const word = statement.kind === "leave" ? "BREAK" : "CONTINUE";
      if (statement.label === undefined) {
        if (!around.loop) throw syntaxError(`${word} is only allowed inside of a loop body`, statement);
        return;
      }
      const target = around.labels.find(({ name }) => name === statement.label);
      if (target === undefined) throw syntaxError(`Undefined label: ${statement.label}`, statement);
      if (statement.kind === "iterate" && !target.isLoop)
        throw syntaxError(`CONTINUE names the label of a block: ${statement.label}`, statement);
      return;
    }
    case "if":
      for (const { body } of statement.branches) checkJumps(body, around);
      checkJumps(statement.otherwise, around);
      return;
    case "loop":
    case "while":
    case "repeat":
    case "for":
      checkJumps(statement.body, { loop: true, labels: within(around, statement.label, true) });
      return;
    case "block": {
      const inner = { ...around, labels: within(around, statement.label, false) };
      checkJumps(statement.body, inner);
      checkJumps(statement.handler ?? [], inner);
      return;
    }
    case "createProcedure":
      checkJumps(statement.body, { loop: false, labels: [] });
      return;
    default:
  }
}

function within({ labels }: Surrounding, name: string | undefined, isLoop: boolean): Surrounding["labels"] {
  return name === undefined ? labels : [...labels, { name, isLoop }];
}
