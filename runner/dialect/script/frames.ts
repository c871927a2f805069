import { SYSTEM_VARIABLES } from "../../googlesql/system-variables.js";
import type { SqlType } from "../../port/sql-types.js";
import { SqlProblem, type Variable, variableScope } from "../script.js";
import type { LimitTree } from "../types/type-limits.js";

const SYSTEM: readonly Variable[] = SYSTEM_VARIABLES.map(({ name, type }) => ({
  name: `@@${name}`,
  type,
  key: systemKey(name),
}));

/** Where the engine keeps the value of a system variable. */
export function systemKey(name: string): string {
  return `sys_${name.replace(".", "_")}`;
}

/** Gives each variable of a script a key of its own in the engine. */
export class VariableKeys {
  #count = 0;

  next(): string {
    this.#count += 1;
    return `script_${this.#count}`;
  }
}

/** The variables in force at one place of a script: one frame for each block around it. */
export class Frames {
  readonly #frames: Map<string, Variable>[] = [new Map()];

  constructor(readonly keys: VariableKeys = new VariableKeys()) {}

  /** A new variable in the innermost block; no block around it may have one of that name. */
  declare(name: string, type: SqlType, span: { start: number; end: number }, limits?: LimitTree): Variable {
    if (this.#frames.some((frame) => frame.has(name.toLowerCase())))
      throw new SqlProblem("analysis", `Variable '${name}' redeclaration`, span);
    return this.bind(name, type, limits);
  }

  bind(name: string, type: SqlType, limits?: LimitTree): Variable {
    const variable = { name, type, key: this.keys.next(), limits };
    this.#frames.at(-1)?.set(name.toLowerCase(), variable);
    return variable;
  }

  find(name: string): Variable | undefined {
    const key = name.toLowerCase();
    const own = this.#frames.findLast((frame) => frame.has(key))?.get(key);
    return own ?? SYSTEM.find((variable) => variable.name === key);
  }

  get isEmpty(): boolean {
    return this.#frames.every((frame) => frame.size === 0);
  }

  scope() {
    const visible = new Map(SYSTEM.map((variable) => [variable.name, variable]));
    for (const frame of this.#frames) for (const [key, variable] of frame) visible.set(key, variable);
    return variableScope(visible.values());
  }

  enter(): void {
    this.#frames.push(new Map());
  }

  leave(): void {
    this.#frames.pop();
  }

  async within<T>(work: () => Promise<T>): Promise<T> {
    this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }
}
