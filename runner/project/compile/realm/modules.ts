import type { SandboxHost } from "./host.js";

/** What `require` is in the project's realm. */
export interface RealmRequire {
  (id: string): unknown;
  resolve(id: string): string;
  cache: object;
}

/**
 * Runs inside the project's realm (its source text is evaluated there): the module system.
 *
 * @returns `makeRequire(importer, fromDir)`, and `useCompiler`, which takes what turns a project's files into JavaScript
 */
export function moduleSystem(host: SandboxHost): {
  readonly makeRequire: (importer: string, fromDir: string) => RealmRequire;
  readonly useCompiler: (compiler: (code: string, path: string) => string) => void;
} {
  // biome-ignore lint/suspicious/noExplicitAny: this function speaks about untyped globals.
  type Untyped = any;
  const { parse, stringify } = JSON;
  interface SandboxModule {
    id: string;
    filename: string;
    path: string;
    loaded: boolean;
    exports: unknown;
  }
  const modules: Record<string, SandboxModule> = Object.create(null);
  let compiler: (code: string, path: string) => string = (code) => code;

  const callPath = (method: string, args: readonly unknown[]) => {
    const result = host.path(method, stringify(args.map(String)));
    if (result === undefined) throw new TypeError(`path.${method} does not take these arguments`);
    return parse(result);
  };
  const pathModule: Record<string, unknown> = { sep: "/", delimiter: ":" };
  const methods = ["basename", "dirname", "extname", "isAbsolute", "join", "normalize", "relative", "resolve", "parse"];
  for (const method of methods) pathModule[method] = (...args: unknown[]) => callPath(method, args);
  pathModule.format = (parts: unknown) => callPath("format", [stringify(parts)]);
  pathModule.posix = pathModule;

  const split = (answer: string) => {
    const colon = answer.indexOf(":");
    return { kind: answer.slice(0, colon), text: answer.slice(colon + 1) };
  };
  const syntaxError = (message: string, stack: string) => {
    const error = new SyntaxError(message);
    error.stack = stack;
    return error;
  };

  /** What core makes of a file, or its error, which is about the file's text. */
  const generated = (code: string, path: string): string => {
    try {
      return String(compiler(code, path));
    } catch (error) {
      const { message, stack } = error as Error;
      throw syntaxError(String(message), String(stack));
    }
  };

  const run = (module: SandboxModule) => {
    const { path: dir, filename } = module;
    const { kind, text } = split(host.read(filename));
    if (kind === "error") throw new Error(text);
    if (kind === "json") {
      module.exports = parse(text);
      return;
    }
    const code = host.compile(filename, kind === "code" ? generated(text, filename) : text) as Untyped;
    if (typeof code !== "function") {
      const [message, stack] = parse(code);
      throw syntaxError(message, stack);
    }
    code.call(module.exports, module.exports, makeRequire(filename, dir), module, filename, dir);
  };

  const loadModule = (path: string): SandboxModule => {
    const module: SandboxModule = { id: path, filename: path, path: host.dirname(path), loaded: false, exports: {} };
    modules[path] = module;
    host.enterFile(path);
    try {
      run(module);
      module.loaded = true;
    } catch (error) {
      delete modules[path];
      throw error;
    } finally {
      host.exitFile();
    }
    return module;
  };

  const makeRequire = (importer: string, fromDir: string): RealmRequire => {
    const require = (id: string) => {
      if (id === "path" || id === "node:path") return pathModule;
      const path = require.resolve(id);
      host.importFile(importer, path);
      return (modules[path] ?? loadModule(path)).exports;
    };
    require.resolve = (id: string) => {
      if (typeof id !== "string") throw new TypeError('The "id" argument must be of type string');
      const { kind, text } = split(host.resolve(fromDir, id));
      if (kind === "error") throw new Error(text);
      return text;
    };
    require.cache = modules;
    return require;
  };

  return {
    makeRequire,
    useCompiler: (next) => {
      compiler = next;
    },
  };
}
