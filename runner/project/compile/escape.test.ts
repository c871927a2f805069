// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are code of a project.
import { describe, expect, it } from "vitest";
import { REACH } from "../../fence/test-support/reach.js";
import { load, project, useProjects } from "../test-support/load.js";

useProjects();

/** Each is the body of a file of a project; `tell` gets what may lead out of the realm. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  "the constructor of the global object's constructor": "tell(globalThis, globalThis.constructor.constructor);",
  "what a module gets": "tell(this, require, module, exports, arguments, __filename);",
  "parents and caches of modules":
    "tell(module.parent, module.children, require.main, require.cache, require.extensions, require.resolve, module.constructor);",
  "Node's process":
    "tell(process, process.binding, process.mainModule, process.getBuiltinModule, process.on, process.env);",
  "Node's other globals": "tell(console, console.log, Buffer, Buffer.from('x'), setTimeout, setTimeout('1'), global);",
  "the path module": 'tell(require("path"), require("path").parse("/a"), require("path").join("a", "b"));',
  "an error of the path module":
    'for (const f of [() => require("path").join({ toString() { throw null; } }), () => require("path").parse(Symbol()), () => require("path").format(1n)]) try { tell(f()); } catch (e) { tell(e); }',
  "an error of require":
    'for (const id of ["./gone", "../lib/bad", "../lib/broken.json", "fs", null, Symbol(), {}, "\\0", "../../../etc/passwd"]) try { tell(require(id)); } catch (e) { tell(e, e.constructor, e.stack); }',
  "an id that changes while it is read":
    'let n = 0; const id = { toString: () => (n++ ? "fs" : "path"), [Symbol.toPrimitive]: () => "fs" }; try { tell(require(id)); } catch (e) { tell(e); }',
  "an error of Buffer":
    'for (const f of [() => Buffer.from("x", "no such encoding"), () => Buffer.from("x").toString("nope"), () => Buffer.from("x", { toString() { return {}; } })]) try { tell(f()); } catch (e) { tell(e); }',
  "a stack that overflows inside the host":
    'for (const f of [() => require.resolve("./gone" + Math.floor(1e6)), () => require("path").join("a", "b"), () => console.log("x"), () => new Date(), () => Buffer.from("x"), () => new Error().stack, () => process.hrtime(), () => import("x")]) { const deep = () => { try { f(); } catch (e) { tell(e); } deep(); }; try { deep(); } catch (e) { tell(e); } }',
  "structured stack frames":
    'Error.prepareStackTrace = (error, frames) => { tell(error, frames, ...frames, ...frames.map((f) => f.getThis()), ...frames.map((f) => f.getFunction())); return frames; }; try { tell(new Error("x").stack); new Date(); Math.random(); null.x; } catch (e) { tell(e.stack); } try { require("../lib/bad"); } catch (e) { tell(e.stack); } delete Error.prepareStackTrace;',
  "a getter for stacks":
    'Error.stackTraceLimit = Infinity; const e = new Error("x"); Object.defineProperty(Error, "prepareStackTrace", { configurable: true, get() { return (a, b) => { tell(this, a, b, ...b); return { a, b }; }; } }); tell(e.stack); new Date(); delete Error.prepareStackTrace; Error.stackTraceLimit = 10;',
  "a dynamic import":
    'const p = import("fs"); p.then((m) => tell(m), (e) => tell(e)); tell(p, p.constructor, p.then); tell(eval("import(\'net\')"), Function("return import(\'fs\')")(), new Function("return import(\'node:process\')")());',
  "an awaited dynamic import":
    'const f = async () => { try { tell(await import("fs")); } catch (e) { tell(e); } }; tell(f(), f.constructor);',
  "other makers of functions":
    "tell((async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor, class {}.constructor, Object.getPrototypeOf(Int8Array), Reflect, Proxy);",
  "sloppy code and its callers":
    'tell(Function("return this")(), Function("return arguments.callee.caller")(), (0, eval)("this")); const f = Function("g", "return g(() => { try { return arguments.callee.caller } catch (e) { return e } })"); tell(f((h) => h())); tell(Function("return (function f() { return f.caller })()")());',
  "promises and thenables":
    "class P extends Promise {} tell(new P(() => {}), P.resolve({ then(a, b) { tell(a, b); } }), Promise.allSettled([]), Promise.withResolvers); Promise.prototype.then.call(Promise.resolve(), tell);",
  proxies:
    'const trap = new Proxy(function () {}, { get: (t, k, r) => { tell(t); return typeof k === "symbol" || k === "toString" ? trap : t[k]; }, apply: (t, s, args) => { tell(args, ...args); return ""; } }); console.log(trap); try { require(trap); } catch (e) { tell(e); } try { Buffer.from("x", trap); } catch (e) { tell(e); } tell(Reflect.construct(Error, [], console.log), Reflect.construct(Date, [], require));',
  "species and iterators":
    "class A extends Array { static get [Symbol.species]() { return function (...a) { tell(this, ...a); }; } } try { new A(1, 2).map((x) => x); } catch (e) { tell(e); } class B extends Uint8Array { static get [Symbol.species]() { tell(this); return Uint8Array; } } new B(2).slice(1); Buffer.concat([new B(1)]);",
  "what a thrown object learns":
    "const e = new Error('x'); Object.defineProperty(e, 'message', { get() { tell(this, Function('return arguments.callee.caller')()); return 'm'; } }); try { throw e; } catch (f) { tell(f); }",
  "the clock's observers":
    'tell(Date, Date.now, new Date().constructor, Date.prototype.constructor, Math.random, Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format").get, Intl.DateTimeFormat.prototype.formatToParts);',
  "Dataform's own functions":
    "tell(publish, assert, operate, declare, dataform.projectConfig, Object.getOwnPropertyDescriptor(globalThis, '__dataform_current_file'));",
  "what a query is given":
    'publish("given").query((ctx) => { tell(ctx, ctx.ref, ctx.self, ctx.constructor); return "select 1"; });',
  "shared memory, WebAssembly and finalizers":
    "tell(globalThis.WebAssembly, globalThis.SharedArrayBuffer, globalThis.Atomics, new FinalizationRegistry(tell), new WeakRef({})); if (globalThis.WebAssembly || globalThis.Atomics) got += 'there';",
  "the engine's console":
    "tell(console.constructor, Object.getPrototypeOf(console), console._stdout, console.Console, console.context);",
  "accessors on every prototype":
    'for (const C of [Object, Function, Array, String, Promise, Error, RegExp, Map, Set, WeakMap]) tell(C, C.prototype, Object.getOwnPropertyDescriptors(C.prototype)); tell(Object.prototype.__lookupGetter__("__proto__"));',
  "templates, tags and symbols":
    "tell(((s, ...v) => s)`a${1}`, Symbol.for('nodejs.util.inspect.custom'), Symbol.prototype, Intl);",
  "an object that Node prints in its own way":
    "console.log({ [Symbol.for('nodejs.util.inspect.custom')](...args) { tell(this, ...args); return 'x'; }, toJSON(...args) { tell(...args); return 1; } });",
};

const file = (name: string, code: string) => `${REACH}
let got = "";
const held = [];
const tell = (...values) => { held.push(...values); };
try { ${code} } catch (e) { tell(e); }
publish(${JSON.stringify(name)}).query(() => "select '" + got + reach(...held) + "' as a");`;

const LIBRARY = { "lib/fine.js": "module.exports = 1;", "lib/bad.js": "const a = ;", "lib/broken.json": "{" };
const nameOf = (i: number) => `attempt_${i}`;
const attempts = Object.entries(ATTEMPTS);

describe("a project's code gets nothing", () => {
  let queries: ReadonlyMap<string, string | undefined>;

  it("as a whole compiles", async () => {
    const files = attempts.map(([, code], i) => [`definitions/${nameOf(i)}.js`, file(nameOf(i), code)] as const);
    const { manifest } = await load(project({ ...LIBRARY, ...Object.fromEntries(files) }));
    queries = new Map(manifest.actions.map(({ target, query }) => [target.name, query]));
  });

  it.each(attempts.map(([name], i) => [name, nameOf(i)]))("from %s", (_name, action) => {
    expect(queries.get(action)).toBe("select '' as a");
  });
});

/** Each changes objects of the language so that whatever uses them shows what it holds. */
const POLLUTIONS: Readonly<Record<string, string>> = {
  "the iterator of arrays":
    "change(Array.prototype, Symbol.iterator, (old) => function () { tell(this); return old.call([{ toString() { tell(this); return 'x'; } }]); });",
  "methods of arrays":
    "for (const key of ['push', 'map', 'join', 'flatMap', 'slice', 'concat', 'forEach']) change(Array.prototype, key, seen);",
  "call, apply and bind": "for (const key of ['call', 'apply', 'bind']) change(Function.prototype, key, seen);",
  "methods of strings":
    "for (const key of ['slice', 'indexOf', 'replace', 'split', 'startsWith', 'toString']) change(String.prototype, key, seen);",
  "JSON, String and Object":
    "for (const [o, key] of [[JSON, 'parse'], [JSON, 'stringify'], [globalThis, 'String'], [Object, 'create'], [Object, 'hasOwn'], [Reflect, 'get']]) change(o, key, seen);",
  "properties that options are looked up in":
    "for (const key of ['get', 'set', 'value', 'then', 'error', 'code', 'json', 'encoding', 'filename', 'importModuleDynamically', 'cachedData', 'timeout', 'flag', 'fd', 'uid']) { const d = { __proto__: null, configurable: true, get() { tell(this); return undefined; }, set(v) { tell(this, v); } }; Object.defineProperty(Object.prototype, key, d); undo[u++] = () => deleteProperty(Object.prototype, key); }",
  "what JSON makes of objects":
    "change(Object.prototype, 'toJSON', () => function (key) { tell(this, key); return 'polluted'; });",
  collections:
    "for (const C of [Map, Set, WeakMap]) for (const key of ['get', 'set', 'has', 'add']) if (C.prototype[key]) change(C.prototype, key, seen);",
  "the text of errors":
    "change(Error.prototype, 'toString', seen); change(Error, 'prepareStackTrace', () => (e, frames) => { tell(e, frames, ...frames); return { frames }; });",
};

/** Changes objects, does what makes the host work, puts everything back and says what it saw. */
const spy = (code: string) => `${REACH}
const { apply, deleteProperty } = Reflect, undo = [], held = [];
let n = 0, u = 0;
const tell = (a, b, c) => { held[n++] = a; held[n++] = b; held[n++] = c; };
const change = (object, key, make) => {
  const had = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { __proto__: null, configurable: true, writable: true, value: make(object[key]) });
  undo[u++] = () => (had ? Object.defineProperty(object, key, had) : deleteProperty(object, key));
};
const seen = (old) => function () { tell(this, arguments[0], arguments[1]); return apply(old, this, arguments); };
${code}
for (const f of Object.freeze({ length: 7, 0: () => require("path").join("a", "b"), 1: () => Buffer.from("x").toString("hex"), 2: () => console.log({}), 3: () => new Date(), 4: () => require("../lib/fine"), 5: () => require("./gone"), 6: () => require("../lib/bad"), [Symbol.iterator]() { let i = 0; return { next: () => (i < 7 ? { done: false, value: this[i++] } : { done: true }) }; } }))
  try { f(); } catch (e) { tell(e); }
while (u > 0) undo[--u]();
console.log("saw " + n + " values: <" + reach(...held) + ">");`;

describe("a project that changes the objects of the language learns nothing of the host", () => {
  it.each(Object.entries(POLLUTIONS))("by %s", async (_name, code) => {
    let log = "";
    const files = { ...LIBRARY, "definitions/a.js": spy(code), "definitions/b.js": 'publish("b").query("select 1");' };
    const onLog = (text: string) => {
      log += text;
    };
    await load(project(files), {}, { onLog });
    expect(log).toMatch(/saw [1-9]\d* values: <>/);
  });
});

describe("what does not end well", () => {
  it("closes the function around a module: the code runs in the same realm, and is an error", async () => {
    const closing = `}}); ${REACH} Error.prepareStackTrace = (e, f) => { console.log(reach(e, f, ...f)); return f; }; throw new Error(reach(this)); ({}); (function () { {`;
    await expect(load(project({ "definitions/a.js": closing }))).rejects.toThrow(/^definitions\/a\.js:?\d*: /);
  });
});
