/**
 * What the host gives to the project's realm. Every function takes primitives and gives primitives, or a function that belongs to the
 * realm; none throws. An object or an error of the host would hand the project's code the host's own constructors.
 */
export interface SandboxHost {
  readonly [name: string]: (...args: never[]) => unknown;
  /** `path:` and the absolute path of a module, or `error:` and a message. */
  resolve(fromDir: string, id: string): string;
  /** `code:` and text to go through core's compiler, `plain:` and JavaScript, `json:` and JSON; `error:` and a message. */
  read(path: string): string;
  /** A function of the realm that runs the module, or JSON text `[message, stack]` of a syntax error. */
  compile(path: string, generated: string): unknown;
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
  /** JSON text of what the function of `node:path` gives for the arguments, a JSON array of strings. */
  path(method: string, args: string): string | undefined;
  hrtime(): number;
  /** Text to bytes and back; bytes travel as a string of characters 0..255. */
  encodeText(text: string, encoding: string): string | undefined;
  decodeBytes(bytes: string, encoding: string): string | undefined;
}

/** What the realm must know of the process and the project; it gets it as JSON text. */
export interface SandboxFacts {
  readonly projectDir: string;
  /** Names of the files directly in includes/, without `.js`; core makes a global of each. */
  readonly includeNames: readonly string[];
  /** The project's settings file, and the global in which core looks for it. */
  readonly settings: { readonly file: string; readonly global: string };
  readonly version: string;
  readonly arch: string;
  readonly platform: string;
  readonly pid: number;
}
