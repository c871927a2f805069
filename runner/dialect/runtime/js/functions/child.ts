/**
 * The child that evaluates the JavaScript functions of SQL: two lines of JSON in, a definition and its calls; one line out, a
 * `CallAnswer`. The broker starts it by `startFenced`, and ends it when a call takes too long.
 *
 * Bundled on its own (dist/function-child.js).
 */
import { enterFence } from "../../../../fence/enter.js";
import { lineReader, writeAll } from "../../../../fence/pipe.js";
import { createRealm } from "../../../../fence/realm.js";
import { FunctionRealms } from "./realms.js";

const exit = await enterFence(createRealm("names"));
const functions = new FunctionRealms();
const nextLine = lineReader(0);
for (;;) {
  const definition = nextLine();
  const rows = nextLine();
  if (definition === undefined || rows === undefined) break;
  writeAll(1, `${JSON.stringify(functions.call(definition, rows))}\n`);
}
exit(0);
