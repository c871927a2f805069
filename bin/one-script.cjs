"use strict";
// The command line as one CommonJS script with its compiled code, for Node 20, which keeps no compiled code of ES modules. The build makes
// both where it runs on Node 20; whoever has another Node, or no build of his own, loads the modules.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const vm = require("node:vm");

const FILE = join(__dirname, "../dist/main.cjs");
/** The digest of the text, then its code. Another V8 would not take it. */
const CODE = join(__dirname, `../dist/main.${process.versions.v8}-${process.arch}.code`);
/** SHA-256 in hexadecimal digits. */
const DIGEST_LENGTH = 64;

// Most runs end within a second: a function has to be much hotter than V8's default before compiling it again pays. Compiled code belongs
// to the flags that it was made with.
setFlagsFromString("--interrupt-budget=1500000");

/** @returns the exports of the command line; undefined: there is no compiled code that this process takes */
function loadCompiled() {
  // As Node's own cache of later releases.
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  let kept;
  let text;
  try {
    kept = readFileSync(CODE);
    if (!isOfThisV8(kept.subarray(DIGEST_LENGTH))) return undefined;
    text = readText();
  } catch {
    return undefined;
  }
  // V8 looks at nothing but the length of the text: another build may have the same.
  if (digestIn(text) !== kept.toString("latin1", 0, DIGEST_LENGTH)) return undefined;
  const script = scriptOf(text, kept.subarray(DIGEST_LENGTH));
  return script.cachedDataRejected ? undefined : exportsOf(script);
}

/**
 * Whether V8 made the code with the flags that it has now: NODE_OPTIONS may set some. Where it would not take the code it reads the whole
 * text before it says so, which is more than the modules cost.
 */
function isOfThisV8(code) {
  const own = new vm.Script("").createCachedData();
  // Magic number and version; behind them the length of the text, then the flags.
  const isEqual = (start, end) => own.subarray(start, end).equals(code.subarray(start, end));
  return isEqual(0, 8) && isEqual(12, 16);
}

function readText() {
  // It is ASCII: nothing has to be decoded.
  return readFileSync(FILE, "latin1");
}

/** The build ends the text with a digest of the rest. */
function digestIn(text) {
  return text.slice(-DIGEST_LENGTH);
}

/** @param code what `createCachedData` has made of it, if there is any */
function scriptOf(text, code) {
  const scope = "exports, require, module, __filename, __dirname, fastbreakImport";
  return new vm.Script(`(function (${scope}) {${text}\n})`, { filename: FILE, cachedData: code });
}

function exportsOf(script) {
  const module = { exports: {} };
  const importModule = (url) => import(url);
  script.runInThisContext()(module.exports, createRequire(FILE), module, FILE, dirname(FILE), importModule);
  return module.exports;
}

module.exports = { CODE, loadCompiled, readText, digestIn, scriptOf, exportsOf };
