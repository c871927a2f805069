import { Script } from "node:vm";
import { createRealm } from "../../../../fence/realm.js";
import { USER_FUNCTION_HARNESS } from "../user-function-harness.js";
import { functionScript } from "./compile-function.js";
import type { CallAnswer, Definition } from "./protocol.js";

type Call = (rows: string) => CallAnswer;

/** How many functions keep their realm; a realm takes about a megabyte. */
const MAX_REALMS = 200;

/** The functions that were called, each in a realm of its own. */
export class FunctionRealms {
  private readonly calls = new Map<string, Call>();

  /**
   * Calls a function once per row.
   *
   * @param definition JSON text of a `Definition`
   * @param rows JSON text
   */
  call(definition: string, rows: string): CallAnswer {
    try {
      return this.callOf(definition)(rows);
    } catch (error) {
      const { name, message, stack } = error as Error;
      return { failed: "error", message: `${name}: ${message}`, stack: stack ?? "" };
    }
  }

  private callOf(definition: string): Call {
    const known = this.calls.get(definition);
    if (known !== undefined) return known;
    if (this.calls.size >= MAX_REALMS) this.calls.clear();
    const call = prepare(JSON.parse(definition) as Definition);
    this.calls.set(definition, call);
    return call;
  }
}

/**
 * The function in its realm, which has the language's globals and nothing of this process: only text goes in and out, and no object or
 * error of the realm is touched here.
 */
function prepare({ name, code, parameters, returns }: Definition): Call {
  const { context } = createRealm(name, { promises: true });
  const data = context as Record<string, unknown>;
  const evaluate = (script: Script) => {
    let text: unknown;
    try {
      text = script.runInContext(context, { displayErrors: false });
    } catch {
      // What the harness does not catch itself, such as a stack that overflows in it.
    }
    return typeof text === "string" ? text : '!["RangeError: Maximum call stack size exceeded",""]';
  };
  new Script(USER_FUNCTION_HARNESS).runInContext(context);
  const types = JSON.stringify({ parameters: parameters.map(({ type }) => type), returns });
  const source = functionScript({ name, code, parameters: parameters.map((parameter) => parameter.name) });
  data.fastbreakCall = undefined;
  try {
    data.fastbreakCall = source.runInContext(context, { displayErrors: false });
  } catch {
    // Text that closes the function around it has run, and thrown; what it threw is the realm's and is not touched.
  }
  const [start, finish] = [
    new Script(`fastbreakStart(fastbreakCall, ${JSON.stringify(types)}, fastbreakRows)`),
    new Script(`fastbreakFinish(${JSON.stringify(types)})`),
  ];
  return (rows) => {
    data.fastbreakRows = rows;
    const started = evaluate(start);
    if (started.startsWith("!")) return failure(started);
    // Promises are settled by now: their reactions run at the end of a script.
    const results = evaluate(finish);
    return results.startsWith("!") ? failure(results) : { results };
  };
}

function failure(text: string): CallAnswer {
  const [message = "", stack = ""] = JSON.parse(text.slice(1)) as string[];
  return { failed: "error", message, stack };
}
