#!/usr/bin/env node
"use strict";
// CommonJS, because the size of libuv's thread pool is fixed before an ES module could set it: one thread per running
// query, and some left for files.
process.env.UV_THREADPOOL_SIZE ??= "8";

import("../dist/main.js").then(({ main }) =>
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  }),
);
