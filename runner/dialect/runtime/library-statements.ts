import { MACROS } from "./macros/index.js";
import type { Macro } from "./macros/macro.js";

/** An overload that calls another overload of its name needs that one to exist: those come first in a statement of their own. */
function createStatements(name: string, overloads: readonly Macro[]): string[] {
  const independent = overloads.filter(({ body }) => !body.includes(`bq.${name}(`));
  const complete = createStatement(name, overloads);
  return independent.length === overloads.length ? [complete] : [createStatement(name, independent), complete];
}

function createStatement(name: string, overloads: readonly Macro[]): string {
  const signatures = overloads.map(({ parameters, body }) => `(${parameters.join(", ")}) AS (${body})`);
  return `CREATE OR REPLACE MACRO bq."${name}" ${signatures.join(", ")}`;
}

/** DuckDB checks at creation that the macros which a body names exist. */
function dependencyOrder(byName: ReadonlyMap<string, readonly Macro[]>): string[] {
  const order = new Set<string>();
  const visit = (name: string) => {
    if (order.has(name)) return;
    for (const { body } of byName.get(name)!) {
      for (const [, used] of body.matchAll(/\bbq\.(\w+)\(/g)) {
        if (!byName.has(used!)) throw new Error(`macro ${name} names an unknown macro ${used}`);
        if (used !== name) visit(used!);
      }
    }
    order.add(name);
  };
  for (const name of byName.keys()) visit(name);
  return [...order];
}

/** CREATE MACRO statements of the whole library, each after those that it names. */
export function libraryStatements(): string[] {
  const byName = new Map<string, Macro[]>();
  for (const macro of MACROS) {
    const overloads = byName.get(macro.name);
    if (overloads === undefined) byName.set(macro.name, [macro]);
    else overloads.push(macro);
  }
  return dependencyOrder(byName).flatMap((name) => createStatements(name, byName.get(name)!));
}
