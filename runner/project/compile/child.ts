/**
 * The compile child: reads one `CompileRequest` from standard input, compiles the project with @dataform/core in a sandbox of
 * its own and writes one `CompileResponse` to standard output. It runs under Node's permission model without any right but
 * reading the project and core, with an empty environment; the parent ends it when it takes too long.
 *
 * Bundled on its own (dist/compile-child.js).
 */
import { readFileSync, writeSync } from "node:fs";
import { createProjectSandbox } from "./project-sandbox.js";
import type { CompileRequest } from "./protocol.js";

// Code that breaks out of the sandbox finds no way to Node's modules. The event loop never turns after it has run, either.
for (const name of ["getBuiltinModule", "binding", "_linkedBinding", "dlopen"]) Reflect.deleteProperty(process, name);

const request = JSON.parse(readFileSync(0, "utf8")) as CompileRequest;
const response = Buffer.from(JSON.stringify(createProjectSandbox(request)));
for (let written = 0; written < response.length; ) {
  try {
    written += writeSync(1, response, written);
  } catch (error) {
    // The pipe is full: the parent is still reading.
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  }
}
process.exit(0);
