import type { SandboxHost } from "./host.js";

/** What an observed session tells: see `observeCore`. */
export interface CoreObserver {
  /** From now on the session's actions are traced; `onGraph` gets the compiled graph. */
  observeSession(session: unknown, onGraph: (graph: unknown) => void): void;
  /** Where an action of the graph came from. */
  originOf(action: object): { readonly trace: number; readonly definedIn: string | undefined } | undefined;
}

/**
 * Runs inside the project's realm (its source text is evaluated there): what core reads on behalf of files and actions.
 *
 * @param asError what makes an Error of anything that can be thrown
 */
export function observeCore(
  host: SandboxHost,
  includeNames: readonly string[],
  asError: (thrown: unknown) => unknown,
): CoreObserver {
  // biome-ignore lint/suspicious/noExplicitAny: this function speaks about untyped globals and about core's internals.
  type Untyped = any;
  const root = globalThis as Untyped;
  Object.defineProperty(root, "__dataform_current_file", { configurable: true, get: () => host.currentFile() });

  /** Core assigns the includes to globals and sets `publish` right after: from then on, reading such a global is a read. */
  const observeIncludes = () => {
    for (const name of includeNames) {
      if (!Object.hasOwn(root, name)) continue;
      let value = root[name];
      Object.defineProperty(root, name, {
        configurable: true,
        enumerable: true,
        get() {
          host.readInclude(name);
          return value;
        },
        set(next) {
          value = next;
        },
      });
    }
  };
  Object.defineProperty(root, "publish", {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set(publish) {
      Object.defineProperty(root, "publish", { configurable: true, enumerable: true, writable: true, value: publish });
      observeIncludes();
    },
  });

  const observeVars = (vars: object) =>
    new Proxy(vars, {
      get(target, name, receiver) {
        if (typeof name === "string") host.readVar(name);
        return Reflect.get(target, name, receiver);
      },
      has(target, name) {
        if (typeof name === "string") host.readVar(name);
        return Reflect.has(target, name);
      },
      ownKeys(target) {
        host.readVar("*");
        return Reflect.ownKeys(target);
      },
    });

  const origins = new WeakMap<object, { trace: number; definedIn: string | undefined }>();
  const definedIn = new WeakMap<object, string | undefined>();
  const rememberDefiner = (list: Untyped) => {
    const push = list.push;
    Object.defineProperty(list, "push", {
      configurable: true,
      writable: true,
      value: (...actions: object[]) => {
        for (const action of actions) if (!definedIn.has(action)) definedIn.set(action, host.definingFile());
        return push.apply(list, actions);
      },
    });
  };

  return {
    originOf: (action) => origins.get(action),
    observeSession(session: Untyped, onGraph) {
      const init = session.init;
      session.init = (...args: unknown[]) => {
        init.apply(session, args);
        session.projectConfig.vars = observeVars(session.projectConfig.vars);
        rememberDefiner(session.actions);
        rememberDefiner(session.tests);
      };
      const compileError = session.compileError;
      session.compileError = (thrown: unknown, ...place: unknown[]) =>
        compileError.call(session, typeof thrown === "string" ? thrown : asError(thrown), ...place);
      const compileChunk = session.compileGraphChunk;
      session.compileGraphChunk = (actions: object[]) => {
        const compiled: object[] = [];
        for (const action of actions) {
          host.enterAction();
          let results: object[] = [];
          let trace: number;
          try {
            results = compileChunk.call(session, [action]);
          } finally {
            trace = host.exitAction();
          }
          for (const result of results) {
            origins.set(result, { trace, definedIn: definedIn.get(action) });
            compiled.push(result);
          }
        }
        return compiled;
      };
      const compile = session.compile;
      session.compile = () => {
        onGraph(compile.call(session));
        // Core encodes what it gets here as its answer, which nobody reads.
        return {};
      };
    },
  };
}
