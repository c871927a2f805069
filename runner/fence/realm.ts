import vm from "node:vm";

/** A primitive: the only kind of value that crosses between the host and a realm, functions of the realm itself excepted. */
export type Primitive = string | number | boolean | undefined;

/**
 * What the host offers to code in a realm: functions from primitives to primitives. A function that belongs to the realm may be
 * returned, too; nothing of the host's own may.
 */
export type HostFunctions = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Realm {
  readonly context: vm.Context;
  /** The names that the language itself defines on a global object. */
  readonly globalNames: ReadonlySet<PropertyKey>;
}

/**
 * A realm of its own, with the language's globals only. Its global object is an ordinary one, not a copy that is kept in step with an
 * object of the host: through such a copy `globalThis.constructor` would be the host's.
 *
 * @param options.without names of globals that it shall not have
 * @param options.promises settle at the end of every script instead of never
 */
export function createRealm(
  name: string,
  options: { readonly without?: readonly string[]; readonly promises?: boolean } = {},
): Realm {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY as unknown as object, {
    name,
    ...(options.promises === true ? { microtaskMode: "afterEvaluate" } : {}),
  });
  const globalNames = new Set(Reflect.ownKeys(context));
  // The engine's own, which leads to the process's streams.
  globalNames.delete("console");
  for (const removed of options.without ?? []) Reflect.deleteProperty(context, removed);
  return { context, globalNames };
}

/** The value of source text in the realm. The text is the runner's own; it must not run any code of the project. */
export function evaluate(realm: Realm, source: string, filename: string): unknown {
  return vm.runInContext(`"use strict";(${source})`, realm.context, { filename, displayErrors: false });
}

/**
 * Runs inside the realm (its source text is evaluated there): the host's functions behind functions of the realm. Objects are made
 * text on their way out. An error of the host, such as a stack that overflows in it, never comes in.
 */
export function enclose<H extends HostFunctions>(host: H, names: string): H {
  const enclosed = Object.create(null) as Record<string, unknown>;
  const primitive = (value: unknown) =>
    value === undefined || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? value
      : `${value}`;
  for (const name of names.split(",")) {
    const call = host[name] as unknown as (a: unknown, b: unknown, c: unknown) => unknown;
    enclosed[name] = (a: unknown, b: unknown, c: unknown) => {
      // Each on its own: an array would go through an iterator, which the project's code can replace.
      const first = primitive(a);
      const second = primitive(b);
      const third = primitive(c);
      try {
        return call(first, second, third);
      } catch {
        // The host's functions catch their own errors, so that this one is about the stack.
      }
      throw new RangeError("Maximum call stack size exceeded");
    };
  }
  return enclosed as H;
}
