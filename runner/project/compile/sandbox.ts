import { enclose } from "../../fence/realm.js";
import type { SandboxFacts, SandboxHost } from "./realm/host.js";
import { moduleSystem } from "./realm/modules.js";
import { nodeGlobals } from "./realm/node-globals.js";
import { observeClock } from "./realm/observe-clock.js";
import { observeCore } from "./realm/observe-core.js";

/** JSON text that the realm gives back. Traces are indices into what `exitAction` returned. */
export interface SandboxResult {
  readonly graph?: {
    readonly dataformCoreVersion?: string;
    readonly graphErrors?: {
      readonly compilationErrors?: readonly {
        fileName?: string;
        message?: string;
        stack?: string;
        actionName?: string;
      }[];
    };
  };
  readonly actions: readonly {
    readonly list: string;
    readonly index: number;
    readonly trace: number;
    readonly definedIn?: string;
  }[];
  readonly error?: { readonly message: string; readonly stack: string };
}

/** Source text of a function `(host, hostNames, factsText, request) => SandboxResult as JSON text`, to be evaluated in the project's realm. */
export const SANDBOX_SOURCE = `(host, hostNames, factsText, request) => (${compileInRealm})(
  (${enclose})(host, hostNames), JSON.parse(factsText), request,
  { moduleSystem: ${moduleSystem}, nodeGlobals: ${nodeGlobals}, observeClock: ${observeClock}, observeCore: ${observeCore} },
)`;

interface Parts {
  readonly moduleSystem: typeof moduleSystem;
  readonly nodeGlobals: typeof nodeGlobals;
  readonly observeClock: typeof observeClock;
  readonly observeCore: typeof observeCore;
}

/**
 * Runs inside the project's realm (its source text is evaluated there, so it must not use anything from outside its body): builds the
 * globals, the module system and the observers, and runs core's `main`. Never throws.
 */
function compileInRealm(host: SandboxHost, facts: SandboxFacts, request: string, parts: Parts): string {
  // biome-ignore lint/suspicious/noExplicitAny: this function speaks about untyped globals and about core's internals.
  type Untyped = any;
  const stringify = JSON.stringify;
  const LISTS = ["tables", "operations", "assertions", "declarations", "tests"];

  /** Text of anything that can be thrown, whatever its own code does. */
  const shown = (value: unknown): string => {
    try {
      return typeof value === "object" && value !== null ? (stringify(value) ?? "an object") : String(value);
    } catch {
      return "an object that cannot be printed";
    }
  };
  const textOf = (read: () => unknown): string | undefined => {
    try {
      const value = read();
      return typeof value === "string" ? value : undefined;
    } catch {
      return undefined;
    }
  };
  const describe = (thrown: Untyped): { message: string; stack: string } => {
    const message = textOf(() => thrown.message);
    if (message === undefined) return { message: `the code throws ${shown(thrown)} instead of an Error`, stack: "" };
    return { message, stack: textOf(() => thrown.stack) ?? "" };
  };
  const asError = (thrown: unknown): Error => {
    const { message, stack } = describe(thrown);
    const error = new Error(message);
    error.stack = stack;
    return error;
  };

  const loadCore = (require: Untyped): Untyped => {
    try {
      const core = require("@dataform/core");
      const { compiler, main, session } = core;
      return typeof compiler === "function" && typeof main === "function" && session?.compile ? core : undefined;
    } catch {
      return undefined;
    }
  };

  let captured: Untyped;
  try {
    const note = parts.observeClock(host);
    parts.nodeGlobals(host, facts, note);
    const { makeRequire, useCompiler } = parts.moduleSystem(host);
    const observer = parts.observeCore(host, facts.includeNames, asError);
    const requireFromProject = makeRequire("", facts.projectDir) as Untyped;
    const core = loadCore(requireFromProject);
    if (core === undefined)
      throw new Error(
        "the installed @dataform/core is damaged: its bundle.js is not that of the package; install it again",
      );
    useCompiler(core.compiler);
    const { file, global } = facts.settings;
    (globalThis as Untyped)[global] = requireFromProject(`./${file}`);
    observer.observeSession(core.session, (graph) => {
      captured = graph;
    });
    core.main(request);
    const actions = LISTS.flatMap((list) =>
      (captured[list] ?? []).map((action: object, index: number) => ({ list, index, ...observer.originOf(action) })),
    );
    return stringify({ graph: captured, actions });
  } catch (error) {
    return stringify({ actions: [], error: describe(error) });
  }
}
