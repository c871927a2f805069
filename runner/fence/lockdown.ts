/**
 * Makes the process's main realm worthless for whoever reaches an object of it: `process` is emptied, the globals that are not the
 * language's own are gone, no constructor of functions can be found, and every object of the language is frozen, so that nothing that
 * the host does later can be intercepted. Code from strings is switched off by a flag of the process's command line.
 *
 * Call it once, after everything that the host needs is loaded, before the first line of foreign code.
 *
 * @param globalNames the names that stay on the global object
 * @returns what ends the process, since `process` cannot any more
 */
export function lockDown(globalNames: ReadonlySet<PropertyKey>): (code: number) => never {
  const { reallyExit } = process as unknown as { reallyExit(code: number): never };
  const exit = reallyExit.bind(process);
  empty(process);
  for (const key of Reflect.ownKeys(globalThis)) {
    if (!globalNames.has(key)) remove(globalThis, key);
  }
  for (const maker of FUNCTION_MAKERS) remove(Object.getPrototypeOf(maker), "constructor");
  freezeAll([globalThis, ...FUNCTION_MAKERS, ...HIDDEN_INTRINSICS]);
  return exit;
}

const FUNCTION_MAKERS = [() => undefined, async () => undefined, function* () {}, async function* () {}] as const;

/** Objects of the language that no global leads to. */
const HIDDEN_INTRINSICS = [
  [][Symbol.iterator](),
  ""[Symbol.iterator](),
  new Map()[Symbol.iterator](),
  new Set()[Symbol.iterator](),
  "".matchAll(/x/g),
  (function* () {})(),
  (async function* () {})(),
].map((value) => Object.getPrototypeOf(value) as object);

function empty(object: object): void {
  for (const key of Reflect.ownKeys(object)) Reflect.deleteProperty(object, key);
  Object.setPrototypeOf(object, null);
}

/** @throws Error when the property stays: then the fence does not hold, and nothing foreign may run */
function remove(object: object, key: PropertyKey): void {
  if (!Reflect.deleteProperty(object, key)) throw new Error(`${String(key)} cannot be removed`);
}

function freezeAll(roots: readonly unknown[]): void {
  const seen = new Set<unknown>();
  const pending = [...roots];
  while (pending.length > 0) {
    const value = pending.pop();
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) continue;
    seen.add(value);
    pending.push(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
      if (descriptor !== undefined) pending.push(descriptor.value, descriptor.get, descriptor.set);
    }
    if (!ArrayBuffer.isView(value)) Object.freeze(value);
  }
}
