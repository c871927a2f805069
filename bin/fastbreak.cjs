#!/usr/bin/env node
"use strict";
// CommonJS, because the size of libuv's thread pool is fixed before an ES module could set it: one thread per running
// query, and some left for files.
process.env.UV_THREADPOOL_SIZE ??= "8";
// Reading the program is a good part of a run that has nothing to do.
require("node:module").enableCompileCache?.();
const compiled = process.versions.node.startsWith("20.") ? require("./one-script.cjs").loadCompiled() : undefined;

Promise.resolve(compiled ?? import("../dist/main.js"))
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
