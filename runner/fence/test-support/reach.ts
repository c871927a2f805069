/**
 * JavaScript text of `reach(...values)`, for code that tries to leave a realm: walks to everything that the values lead to, through
 * properties, accessors, prototypes and constructors, and tells what would be a way out: a function maker that gives another global
 * object, a module of Node's, a process that can do something. Gives "" when there is none.
 */
export const REACH = `function reach(...values) {
  const found = new Set(), seen = new Set(), pending = [...values];
  const { getPrototypeOf, getOwnPropertyDescriptor } = Object, { ownKeys } = Reflect;
  const powers = ["kill", "binding", "dlopen", "mainModule", "getBuiltinModule", "readFileSync", "connect", "createConnection", "fetch", "spawn", "reallyExit", "_kill"];
  while (pending.length > 0 && seen.size < 20000) {
    const value = pending.pop();
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const power of powers) try { if (typeof value[power] === "function") found.add(power); } catch {}
    if (typeof value === "function" && /Function$/.test(String(value.name))) for (const make of [() => value("return globalThis")(), () => new value("return globalThis")(), () => value("return this.process")()]) {
      try {
        const made = make();
        if ((typeof made === "object" || typeof made === "function") && made !== null && made !== globalThis && made !== globalThis.process && typeof made.next !== "function" && typeof made.then !== "function") found.add("another global object");
      } catch {}
    }
    try { pending.push(getPrototypeOf(value)); } catch {}
    try { pending.push(value.constructor); } catch {}
    let keys = [];
    try { keys = ownKeys(value); } catch {}
    for (const key of keys) try { const d = getOwnPropertyDescriptor(value, key); pending.push(d.value, d.get, d.set); } catch {}
  }
  return [...found].join(" ");
}`;
