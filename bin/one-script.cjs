"use strict";
// The command line as one CommonJS script with its compiled code, for Node 20, which keeps no compiled code of ES modules. The build makes
// both where it runs on Node 20; whoever has another Node, or no build of his own, loads the modules.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const vm = require("node:vm");

const FILE = join(__dirname, "../dist/main.cjs");
/** Another V8 would not take it. */
const CODE = join(__dirname, `../dist/main.${process.versions.v8}-${process.arch}.code`);

// Most runs end within a second: a function has to be much hotter than V8's default before compiling it again pays. Compiled code belongs
// to the flags that it was made with.
setFlagsFromString("--interrupt-budget=1500000");

/** @returns the exports of the command line; undefined: there is no compiled code that this process takes */
function loadCompiled() {
  // As Node's own cache of later releases.
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  let code;
  try {
    code = readFileSync(CODE);
  } catch {
    return undefined;
  }
  const script = scriptOf(code);
  return script.cachedDataRejected ? undefined : exportsOf(script);
}

/** @param code what `createCachedData` has made of it, if there is any */
function scriptOf(code) {
  const scope = "exports, require, module, __filename, __dirname, fastbreakImport";
  // It is ASCII: nothing has to be decoded.
  const text = `(function (${scope}) {${readFileSync(FILE, "latin1")}\n})`;
  return new vm.Script(text, { filename: FILE, cachedData: code });
}

function exportsOf(script) {
  const module = { exports: {} };
  const importModule = (url) => import(url);
  script.runInThisContext()(module.exports, createRequire(FILE), module, FILE, dirname(FILE), importModule);
  return module.exports;
}

module.exports = { CODE, loadCompiled, scriptOf, exportsOf };
