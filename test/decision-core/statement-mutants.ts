import type { planProject } from "../../runner/decide/plan-project.js";
import type { hashOfRow } from "../../runner/engines/duckdb/exact-values.js";
import type { decide } from "../../runner/plan/decide.js";
import type { linkFunctions } from "../../runner/project/user-functions.js";
import type { Instead } from "./mutants.js";

/** The functions that stand between statements, keys and decisions. */
export interface StatementMutation {
  decide?: Instead<typeof decide>;
  planProject?: Instead<typeof planProject>;
  linkFunctions?: Instead<typeof linkFunctions>;
  hashOfRow?: Instead<typeof hashOfRow>;
}

/** The mutation that the mocked modules use now; empty: the runner as it is. */
export const active: { mutation: StatementMutation } = { mutation: {} };

type Linked = ReturnType<typeof linkFunctions>[number];

const linked = (change: (action: Linked) => Linked): StatementMutation => ({
  linkFunctions: (real, ...args) => real(...args).map(change),
});

/** Bugs that only an engine shows, by what they would get wrong. */
export const STATEMENT_MUTANTS: Readonly<Record<string, StatementMutation>> = {
  "does not see what pre_operations read": linked((action) => ({
    ...action,
    hiddenReads: action.hiddenReads.filter((key) => key.endsWith("()")),
  })),
  "does not see functions that no dependency names": linked((action) => ({
    ...action,
    hiddenReads: action.hiddenReads.filter((key) => !key.endsWith("()")),
  })),
  "does not know which tables an operation makes": linked((action) => ({ ...action, writes: [] })),
  "does not watch what statements make": {
    planProject: (real, transaction, project, ...rest) => {
      const actions = project.actions.map((action) => ({ ...action, effects: [] }));
      return real(transaction, { ...project, actions }, ...rest);
    },
  },
  "takes an operation for a model whose inputs are known": {
    decide: (real, input) =>
      real(input.node.kind === "operation" ? { ...input, node: { ...input.node, volatile: undefined } } : input),
  },
  "takes keys that read alike for one": {
    hashOfRow: (_real, values) =>
      values.length === 0
        ? "hash(1)"
        : `hash(${values.map((value) => `coalesce(CAST(${value} AS VARCHAR), '')`).join(" || '|' || ")})`,
  },
};
