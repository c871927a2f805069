import { unsupported, type Variable, variableScope } from "../dialect/script.js";
import type { SqlType } from "../sql-types.js";

/** System variables that every script has. https://cloud.google.com/bigquery/docs/reference/system-variables */
const SYSTEM: readonly Variable[] = [
  { name: "@@row_count", type: "INT64", key: "sys_row_count" },
  { name: "@@error.message", type: "STRING", key: "sys_error_message" },
  { name: "@@error.statement_text", type: "STRING", key: "sys_error_statement_text" },
];

/** Gives each variable of a script a key of its own in the engine, so that shadowing needs no undoing. */
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

  /** A new variable in the innermost block. */
  declare(name: string, type: SqlType, span: { start: number; end: number }): Variable {
    const frame = this.#frames.at(-1) as Map<string, Variable>;
    if (frame.has(name.toLowerCase())) throw unsupported(`A second declaration of ${name}`, span);
    return this.bind(name, type);
  }

  bind(name: string, type: SqlType): Variable {
    const variable = { name, type, key: this.keys.next() };
    this.#frames.at(-1)?.set(name.toLowerCase(), variable);
    return variable;
  }

  find(name: string): Variable | undefined {
    const key = name.toLowerCase();
    return this.#frames.findLast((frame) => frame.has(key))?.get(key);
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
