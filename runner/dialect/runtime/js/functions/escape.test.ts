import { expect, it } from "vitest";
import { REACH } from "../../../../fence/test-support/reach.js";
import { callFunction } from "./function-process.js";

/** What a function with this body gives for one call without arguments. */
function call(code: string, timeLimitMs = 60_000) {
  const definition = JSON.stringify({ name: "d.f", code: `${REACH}\n${code}`, parameters: [], returns: "STRING" });
  return callFunction({ definition, rows: "[[]]", timeLimitMs });
}

/** Each gives "" or what leads out of the realm. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  "the constructor of the global object's constructor":
    "return reach(globalThis, this, globalThis.constructor.constructor)",
  "the error of a dynamic import":
    "return import('fs').then(reach, (e) => reach(e, e.constructor, e.constructor.constructor))",
  "the process behind the error of a dynamic import":
    "return import('fs').then(() => 'loaded', (e) => { try { return String(e.constructor.constructor('return process')().pid); } catch { return ''; } })",
  "a dynamic import of each of Node's modules":
    "return Promise.allSettled(['fs', 'net', 'node:process', 'child_process', 'module', 'vm', 'worker_threads', './x.js', 'data:text/javascript,1', 'file:///etc/hostname'].map((m) => import(m))).then((all) => all.map((r) => (r.status === 'fulfilled' ? r.value && 'loaded' : reach(r.reason))).join(''))",
  "a dynamic import with an option that throws": "return import('fs', { get with() { throw 1; } }).then(reach, reach)",
  "a dynamic import of an object": "return import({ toString() { throw new Error('x'); } }).then(reach, reach)",
  "an import in evaluated code":
    "return Promise.allSettled([eval(\"import('fs')\"), Function(\"return import('fs')\")(), new (async () => {}).constructor(\"return await import('fs')\")()]).then((all) => all.map((r) => (r.status === 'fulfilled' ? 'loaded' : reach(r.reason))).join(''))",
  "the promise of a dynamic import":
    "const p = import('fs'); p.catch(() => {}); return reach(p, p.constructor, p.then, p.constructor.constructor)",
  "awaited errors":
    "return (async () => { try { await import('net'); return 'loaded'; } catch (e) { return reach(e, e.stack); } })()",
  "structured stack frames":
    "let out = ''; Error.prepareStackTrace = (e, frames) => { out += reach(e, frames, ...frames, ...frames.map((f) => f.getThis()), ...frames.map((f) => f.getFunction())); return frames; }; reach(new Error('x').stack); try { null.x; } catch (e) { out += reach(e.stack); } return out",
  "structured stack frames of what is thrown to the host":
    "globalThis.out = ''; Error.prepareStackTrace = (e, frames) => { globalThis.out += reach(e, frames, ...frames); return { frames }; }; if (!globalThis.again) { globalThis.again = 1; return import('x').catch((e) => { reach(e.stack); return globalThis.out; }); } return globalThis.out",
  "a stack that overflows":
    "let out = ''; for (const f of [() => import('x').catch(() => {}), () => new Error().stack, () => eval('1'), () => new Date().toLocaleString(), () => structuredClone]) { const deep = () => { try { f(); } catch (e) { held = e; } deep(); }; let held; try { deep(); } catch (e) { out += reach(e, held); } } return out",
  "makers of functions":
    "return reach((async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor, Object.getPrototypeOf(Int8Array))",
  "the caller":
    "return reach((function f() { return f.caller; })(), (function () { return arguments.callee.caller; })(), Function('return this')())",
  thenables:
    "return { then(resolve, reject) { resolve(reach(resolve, reject, this)); } }.then === undefined ? 'x' : Promise.resolve({ then(a, b) { a(reach(a, b)); } })",
  "species of promises":
    "class P extends Promise { static get [Symbol.species]() { return function (executor) { executor(() => {}, () => {}); }; } } return reach(P.resolve(1), import('x').catch(() => {}).constructor)",
  "a proxy as a result":
    "return new Proxy(Promise.resolve(''), { get: (t, k, r) => (k === 'then' ? (a) => a(reach(r, t)) : t[k]) }) && ''",
  "prototypes that JSON uses":
    "const out = []; Object.prototype.toJSON = function (k) { out.push(this, k); return this; }; Array.prototype.map = new Proxy(Array.prototype.map, { apply(t, s, a) { out.push(s, ...a); return Reflect.apply(t, s, a); } }); return Promise.resolve().then(() => reach(...out))",
  "the harness's globals":
    "return reach(globalThis.fastbreakStart, globalThis.fastbreakFinish, globalThis.fastbreakCall)",
  "shared memory and WebAssembly":
    "return reach(WebAssembly, SharedArrayBuffer, Atomics, WebAssembly.compile(new Uint8Array()).catch(() => {}), WebAssembly.compileStreaming, WebAssembly.instantiateStreaming)",
  "errors of WebAssembly":
    "let out = ''; for (const f of [() => new WebAssembly.Module(1), () => new WebAssembly.Instance({}), () => new WebAssembly.Memory({ initial: 1e9 })]) try { f(); } catch (e) { out += reach(e); } return out",
  "streams into WebAssembly":
    "return WebAssembly.compileStreaming ? WebAssembly.compileStreaming({}).then(reach, reach) : ''",
  "finalizers and weak references": "return reach(new FinalizationRegistry(() => {}), new WeakRef({}))",
  "the engine's console":
    "return typeof console === 'undefined' ? '' : reach(console, console.log, console.constructor)",
  "Node's globals":
    "return ['process', 'require', 'module', 'Buffer', 'fetch', 'URL', 'setTimeout', 'queueMicrotask', 'structuredClone', 'performance', 'WebSocket', 'navigator'].filter((name) => name in globalThis).join()",
  "accessors of the global object":
    "return reach(...Object.values(Object.getOwnPropertyDescriptors(globalThis)).flatMap((d) => [d.value, d.get, d.set]))",
};

it.each(Object.entries(ATTEMPTS))("a function gets nothing from %s", (_name, code) => {
  expect(call(code)).toEqual({ results: '[""]' });
});

it.each([
  ["throws null", "throw null", "null"],
  ["throws what cannot be printed", "throw { toString() { throw 1; } }", "it throws an object that cannot be printed"],
  ["throws an object with a message", "throw { name: 'E', message: { toString() { return 'm'; } } }", "E: m"],
  ["replaces JSON", "JSON.stringify = () => ({}); JSON.parse = () => { throw 1; }; throw new Error('e')", "Error: e"],
  [
    "closes the function around it",
    "} ) ; throw new Error('outside'); (function () {",
    "TypeError: call is not a function",
  ],
])("a function that %s fails, and the next one is called", (_name, code, message) => {
  expect(call(code)).toMatchObject({ failed: "error", message });
  expect(call("return 'next'")).toEqual({ results: '["next"]' });
});

it("waits for no promise that never settles, and ends a wait", () => {
  expect(call("return new Promise(() => {})")).toMatchObject({ message: "Error: its Promise was never settled" });
  expect(call("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", 300)).toEqual({ failed: "time" });
});

it("ends a function that needs too much memory, on the heap or beside it", { timeout: 180_000 }, () => {
  expect(call("const a = []; for (;;) a.push(new Array(1000).fill(1.5));")).toEqual({ failed: "memory" });
  // Only Linux tells what a process holds beside its heap.
  if (process.platform === "linux")
    expect(call("const a = []; for (;;) a.push(new Uint8Array(1 << 24).fill(1));")).toEqual({ failed: "memory" });
  expect(call("return 'next'")).toEqual({ results: '["next"]' });
});
