/**
 * The compile child: reads one `CompileRequest` from standard input, compiles the project with @dataform/core in a realm of
 * its own and writes one `CompileResponse` to standard output. The parent starts it by `startFenced` and ends it when it takes
 * too long.
 *
 * Bundled on its own (dist/compile-child.js).
 */
import { readFileSync } from "node:fs";
import { enterFence } from "../../fence/enter.js";
import { writeAll } from "../../fence/pipe.js";
import { createRealm } from "../../fence/realm.js";
import { compileInSandbox, type ProcessFacts } from "./project-sandbox.js";
import type { CompileRequest, CompileResponse } from "./protocol.js";

const { version, arch, platform, pid } = process;
const clock = process.hrtime.bigint;
const facts: ProcessFacts = { version, arch, platform, pid, hrtime: () => Number(clock()) };
// Shared memory and WebAssembly are of no use to a compile, and Temporal is a clock that nobody observes.
const without = ["WebAssembly", "SharedArrayBuffer", "Atomics", "Temporal"];
const realm = createRealm("dataform project", { without });
const exit = await enterFence(realm);
writeAll(1, JSON.stringify(respond()));
// The event loop never turns after the project's code has run.
exit(0);

function respond(): CompileResponse {
  try {
    return compileInSandbox(JSON.parse(readFileSync(0, "utf8")) as CompileRequest, realm, facts);
  } catch (error) {
    return { ok: false, error: { fileName: undefined, line: undefined, message: (error as Error).message } };
  }
}
