/**
 * What the host gives to the sandbox. Plain strings and booleans go in and come out: an object or an error of the host would
 * hand the project's code the host's own constructors. A failing call answers with `error`.
 */
export interface SandboxBridge {
  readonly projectDir: string;
  /** Names of the files directly in includes/, without `.js`; core makes a global of each. */
  readonly includeNames: readonly string[];
  readonly process: {
    readonly version: string;
    readonly arch: string;
    readonly platform: string;
    readonly pid: number;
  };
  resolve(fromDir: string, id: string): string | undefined;
  /** A function of this realm that runs the module, or the text of a syntax error; undefined kind: JSON text. */
  load(path: string): { code?: unknown; json?: string; error?: string; stack?: string };
  dirname(path: string): string;
  enterFile(path: string): void;
  exitFile(): void;
  enterAction(): void;
  /** Ends the action; its trace is known by this number from now on. */
  exitAction(): number;
  importFile(importer: string, path: string): void;
  readInclude(name: string): void;
  readVar(name: string): void;
  nondeterministic(kind: string, what: string, stack: string): void;
  /** Absolute path of the file that is being loaded, `index.js` of the project when there is none, as the stock CLI says. */
  currentFile(): string;
  /** The file that defines the actions created right now: the file being loaded, or the actions.yaml that core works on. */
  definingFile(): string | undefined;
  print(text: string): void;
  path(method: string, args: readonly unknown[]): unknown;
  hrtime(): number;
  /** Text to bytes and back; bytes travel as a string of characters 0..255. */
  encodeText(text: string, encoding: string): string;
  decodeBytes(bytes: string, encoding: string): string;
}

/** What the sandbox gives back to the host. */
export interface SandboxHandle {
  /** Core's `compiler`: source text and path to JavaScript text. */
  useCompiler(): (code: string, path: string) => string;
  /** Runs core's `main`; returns JSON text of `SandboxResult`. */
  compile(request: string): string;
}

/** JSON text that `compile` returns. Traces are indices into what `exit` returned, in order of the actions. */
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

/**
 * Runs inside the sandbox's own realm (its source text is evaluated there, so it must not use anything from outside its
 * body): builds the globals, the module system and the observers, and returns the handle.
 *
 * The globals are those of the stock CLI's sandbox, no more: no environment, no file system, no network.
 */
export function sandboxBootstrap(bridge: SandboxBridge): SandboxHandle {
  // biome-ignore lint/suspicious/noExplicitAny: this function speaks about untyped globals and about core's internals.
  type Untyped = any;
  const root = globalThis as Untyped;
  const stringify = JSON.stringify;
  const parse = JSON.parse;

  const note = (kind: string, what: string) => bridge.nondeterministic(kind, what, String(new Error().stack));

  // --- The clock and randomness, observed -----------------------------------------------------------------------------
  const RealDate = Date;
  const realNow = RealDate.now;
  const ObservedDate: DateConstructor = new Proxy(RealDate, {
    apply() {
      note("clock", "Date()");
      return RealDate();
    },
    construct(target, args, newTarget) {
      if (args.length === 0) note("clock", "new Date()");
      return Reflect.construct(target, args, newTarget === ObservedDate ? target : newTarget);
    },
  });
  RealDate.now = function now() {
    note("clock", "Date.now()");
    return realNow();
  };
  RealDate.prototype.constructor = ObservedDate;
  root.Date = ObservedDate;

  const realRandom = Math.random;
  Math.random = function random() {
    note("random", "Math.random()");
    return realRandom();
  };

  const observeFormat = (prototype: Untyped) => {
    const format = Object.getOwnPropertyDescriptor(prototype, "format")?.get;
    const formatToParts = prototype.formatToParts;
    if (format !== undefined) {
      Object.defineProperty(prototype, "format", {
        configurable: true,
        get(this: Untyped) {
          const bound = format.call(this);
          return (date?: Untyped) => {
            if (date === undefined) note("clock", "Intl.DateTimeFormat.format()");
            return bound(date);
          };
        },
      });
    }
    prototype.formatToParts = function (this: Untyped, date?: Untyped) {
      if (date === undefined) note("clock", "Intl.DateTimeFormat.formatToParts()");
      return formatToParts.call(this, date);
    };
  };
  observeFormat(Intl.DateTimeFormat.prototype);

  // --- Globals --------------------------------------------------------------------------------------------------------
  const observed = (what: string, kind: string, value: () => unknown) => () => {
    note(kind, what);
    return value();
  };
  const noop = () => undefined;
  const hrtime = (previous?: [number, number]) => {
    note("clock", "process.hrtime()");
    const now = bridge.hrtime();
    const seconds = Math.floor(now / 1e9);
    const pair: [number, number] = [seconds, now - seconds * 1e9];
    return previous === undefined ? pair : [pair[0] - previous[0], pair[1] - previous[1]];
  };
  const { version, arch, platform } = bridge.process;
  root.global = root;
  root.process = {
    argv: [],
    title: "node",
    version,
    versions: { node: version.slice(1) },
    arch,
    platform,
    env: {},
    features: {},
    nextTick: noop,
    hrtime,
    uptime: observed("process.uptime()", "clock", () => bridge.hrtime() / 1e9),
    cwd: () => bridge.projectDir,
    umask: () => 18,
    addListener: noop,
    on: noop,
    once: noop,
    listeners: () => [],
    removeListener: noop,
  };
  Object.defineProperty(root.process, "pid", {
    enumerable: true,
    get: observed("process.pid", "process", () => bridge.process.pid),
  });

  /** The part of Node's Buffer that text processing needs, made of this realm's own objects. */
  class Buffer extends Uint8Array {
    // biome-ignore lint/suspicious/noExplicitAny: the overloads of Node's function in one.
    static override from(value: any, encoding?: any): Buffer {
      if (typeof value !== "string") return new Buffer(value);
      const bytes = bridge.encodeText(value, String(encoding ?? "utf8"));
      const buffer = new Buffer(bytes.length);
      for (let i = 0; i < bytes.length; i++) buffer[i] = bytes.charCodeAt(i);
      return buffer;
    }
    static alloc(size: number): Buffer {
      return new Buffer(size);
    }
    static isBuffer(value: unknown): boolean {
      return value instanceof Buffer;
    }
    static byteLength(value: string, encoding?: string): number {
      return Buffer.from(value, encoding).length;
    }
    static concat(parts: readonly Uint8Array[]): Buffer {
      return Buffer.from(parts.flatMap((part) => [...part]));
    }
    override toString(encoding?: string): string {
      let bytes = "";
      for (const byte of this) bytes += String.fromCharCode(byte);
      return bridge.decodeBytes(bytes, String(encoding ?? "utf8"));
    }
  }
  root.Buffer = Buffer;

  // A compile is over before any timer could fire; the stock CLI's worker is stopped then, too.
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) root[name] = () => ({});
  for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) root[name] = noop;

  const shown = (value: unknown): string => {
    if (typeof value === "string") return value;
    try {
      return stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  };
  const print = (...values: unknown[]) => bridge.print(values.map(shown).join(" "));
  root.console = { time: noop, timeEnd: noop };
  for (const name of ["debug", "log", "info", "warn", "error", "dir", "trace"]) root.console[name] = print;

  // --- Modules --------------------------------------------------------------------------------------------------------
  interface SandboxModule {
    id: string;
    filename: string;
    path: string;
    loaded: boolean;
    exports: unknown;
  }
  const modules: Record<string, SandboxModule> = Object.create(null);

  const pathModule: Record<string, unknown> = { sep: "/", delimiter: ":" };
  for (const method of ["basename", "dirname", "extname", "isAbsolute", "join", "normalize", "relative", "resolve"]) {
    pathModule[method] = (...args: unknown[]) => bridge.path(method, args);
  }
  pathModule.parse = (path: string) => parse(String(bridge.path("parse", [path])));
  pathModule.format = (parts: unknown) => bridge.path("format", [stringify(parts)]);
  pathModule.posix = pathModule;

  const makeRequire = (importer: string, fromDir: string) => {
    const require = (id: string) => {
      if (id === "path" || id === "node:path") return pathModule;
      const path = require.resolve(id);
      bridge.importFile(importer, path);
      return (modules[path] ?? loadModule(path)).exports;
    };
    require.resolve = (id: string) => {
      if (typeof id !== "string") throw new TypeError('The "id" argument must be of type string');
      const path = bridge.resolve(fromDir, id);
      if (path === undefined) throw new Error(`Cannot find module '${id}'`);
      return path;
    };
    require.cache = modules;
    return require;
  };

  const loadModule = (path: string): SandboxModule => {
    const dir = bridge.dirname(path);
    const module: SandboxModule = { id: path, filename: path, path: dir, loaded: false, exports: {} };
    modules[path] = module;
    bridge.enterFile(path);
    try {
      const source = bridge.load(path);
      if (source.error !== undefined) {
        const error = new SyntaxError(source.error);
        error.stack = source.stack ?? source.error;
        throw error;
      }
      if (source.json !== undefined) module.exports = parse(source.json);
      else (source.code as Untyped).call(module.exports, module.exports, makeRequire(path, dir), module, path, dir);
      module.loaded = true;
    } catch (error) {
      delete modules[path];
      throw error;
    } finally {
      bridge.exitFile();
    }
    return module;
  };

  // --- Observing core -------------------------------------------------------------------------------------------------
  Object.defineProperty(root, "__dataform_current_file", { configurable: true, get: () => bridge.currentFile() });

  /** Core assigns the includes to globals and sets `publish` right after: from then on, reading such a global is a read. */
  const observeIncludes = () => {
    for (const name of bridge.includeNames) {
      if (!Object.hasOwn(root, name)) continue;
      let value = root[name];
      Object.defineProperty(root, name, {
        configurable: true,
        enumerable: true,
        get() {
          bridge.readInclude(name);
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
    get: noop,
    set(publish) {
      Object.defineProperty(root, "publish", { configurable: true, enumerable: true, writable: true, value: publish });
      observeIncludes();
    },
  });

  const observeVars = (vars: object) =>
    new Proxy(vars, {
      get(target, name, receiver) {
        if (typeof name === "string") bridge.readVar(name);
        return Reflect.get(target, name, receiver);
      },
      has(target, name) {
        if (typeof name === "string") bridge.readVar(name);
        return Reflect.has(target, name);
      },
      ownKeys(target) {
        bridge.readVar("*");
        return Reflect.ownKeys(target);
      },
    });

  const LISTS = ["tables", "operations", "assertions", "declarations", "tests"];
  const traceOf = new WeakMap<object, { trace: number; definedIn: string | undefined }>();
  const definedIn = new WeakMap<object, string | undefined>();

  const observeSession = (session: Untyped, onGraph: (graph: Untyped) => void) => {
    const rememberDefiner = (list: Untyped) => {
      const push = list.push;
      Object.defineProperty(list, "push", {
        configurable: true,
        writable: true,
        value: (...actions: object[]) => {
          for (const action of actions) if (!definedIn.has(action)) definedIn.set(action, bridge.definingFile());
          return push.apply(list, actions);
        },
      });
    };
    const init = session.init;
    session.init = (...args: unknown[]) => {
      init.apply(session, args);
      session.projectConfig.vars = observeVars(session.projectConfig.vars);
      rememberDefiner(session.actions);
      rememberDefiner(session.tests);
    };
    const compileChunk = session.compileGraphChunk;
    session.compileGraphChunk = (actions: object[]) => {
      const compiled: object[] = [];
      for (const action of actions) {
        bridge.enterAction();
        let results: object[] = [];
        let trace: number;
        try {
          results = compileChunk.call(session, [action]);
        } finally {
          trace = bridge.exitAction();
        }
        for (const result of results) {
          traceOf.set(result, { trace, definedIn: definedIn.get(action) });
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
  };

  const describe = (error: unknown) =>
    error instanceof Error
      ? { message: error.message, stack: String(error.stack) }
      : { message: String(error), stack: "" };

  const requireFromProject = makeRequire("", bridge.projectDir);
  return {
    useCompiler: () => (requireFromProject("@dataform/core") as Untyped).compiler,
    compile(request) {
      let captured: Untyped;
      try {
        for (const [file, global] of [
          ["workflow_settings.yaml", "workflowSettingsYaml"],
          ["dataform.json", "dataformJson"],
        ]) {
          const path = bridge.resolve(bridge.projectDir, `./${file}`);
          if (path !== undefined) root[String(global)] = requireFromProject(`./${file}`);
        }
        const core = requireFromProject("@dataform/core") as Untyped;
        observeSession(core.session, (graph) => {
          captured = graph;
        });
        core.main(request);
      } catch (error) {
        return stringify({ actions: [], error: describe(error) });
      }
      const actions = LISTS.flatMap((list) =>
        (captured[list] ?? []).map((action: object, index: number) => ({ list, index, ...traceOf.get(action) })),
      );
      return stringify({ graph: captured, actions });
    },
  };
}
