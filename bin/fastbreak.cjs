#!/usr/bin/env node
"use strict";
// CommonJS, because the size of libuv's thread pool is fixed before an ES module could set it: one thread per running
// query, and some left for files.
process.env.UV_THREADPOOL_SIZE ??= "8";
// Most runs end within a second: a function has to be much hotter than V8's default before compiling it again pays. The V8 of later
// releases has no such flag, and says so on every start.
if (process.versions.node.startsWith("20.")) {
  require("node:v8").setFlagsFromString("--interrupt-budget=1500000");
}
// Reading the program is a good part of a run that has nothing to do. Node 20 keeps no compiled code of ES modules.
require("node:module").enableCompileCache?.();

import("../dist/main.js")
  .then(({ main }) => main(process.argv.slice(2)))
  .then(
    (code) => {
      process.exitCode ||= code;
    },
    (cause) => {
      if (cause?.syscall === "uv_cwd") {
        process.stderr.write("fastbreak: the working folder does not exist any more; change to another one\n");
        process.exitCode = 2;
        return;
      }
      const [line] = String(cause?.message ?? cause).split("\n");
      process.stderr.write(`fastbreak: the installation is damaged; install it again (${line})\n`);
      process.exitCode = 70;
    },
  );
