/**
 * What the parent and the compile child say to each other: one JSON request on the child's standard input, one JSON
 * response on its standard output. Types only, so that the child loads nothing else.
 */

/** Overrides of the settings file; the names are those of Dataform's `ProjectConfig`. */
export interface ProjectOverrides {
  readonly defaultDatabase?: string;
  readonly defaultSchema?: string;
  readonly defaultLocation?: string;
  readonly assertionSchema?: string;
  readonly databaseSuffix?: string;
  readonly schemaSuffix?: string;
  readonly tablePrefix?: string;
  readonly defaultReservation?: string;
  readonly disableAssertions?: boolean;
  readonly vars?: Readonly<Record<string, string>>;
}

export interface CompileRequest {
  /** Real path of the project. */
  readonly projectDir: string;
  /** Real path of the folder of @dataform/core. */
  readonly coreDir: string;
  readonly overrides: ProjectOverrides;
  /** The file list that the CLI would hand to core, relative to the project. */
  readonly filePaths: readonly string[];
}

/** A read of the clock or of randomness while compiling, at the place in the project's own code that made it. */
export interface NondeterministicRead {
  readonly kind: "clock" | "random" | "process";
  /** `new Date()`, `Math.random()`, ... */
  readonly what: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** What one file read while it was loaded, or one action while its SQL was made. */
export interface ReadTrace {
  /** Files, relative to the project: modules required, includes used through their global. */
  readonly files: readonly string[];
  /** Names of variables read; `*` stands for all of them. */
  readonly vars: readonly string[];
  readonly nondeterministic: readonly NondeterministicRead[];
}

/** Traces of one action, found again in the graph by list and position. */
export interface ActionTrace extends ReadTrace {
  readonly list: "tables" | "operations" | "assertions" | "declarations" | "tests";
  readonly index: number;
  /** The file whose code defined the action: its SQLX or JavaScript file, or the actions.yaml that lists it. */
  readonly definedIn: string | undefined;
}

export interface CompileErrorReport {
  readonly fileName: string | undefined;
  /** 1-based line in the source file, as far as it can be known. */
  readonly line: number | undefined;
  readonly message: string;
}

export type CompileResponse =
  | {
      readonly ok: true;
      /** The graph in the shape of `dataform compile --json`. */
      readonly graph: unknown;
      readonly coreVersion: string;
      /** SHA-256 over the files of core that were loaded. */
      readonly coreHash: string;
      readonly errors: readonly CompileErrorReport[];
      readonly fileTraces: Readonly<Record<string, ReadTrace>>;
      readonly actionTraces: readonly ActionTrace[];
      /** SHA-256 of every file as it was when it was loaded, by path relative to the project. */
      readonly loadedFiles: Readonly<Record<string, string>>;
      /** Every path that module resolution looked at, found or not, relative to the project; core itself left out. */
      readonly probedFiles: readonly string[];
    }
  | { readonly ok: false; readonly error: CompileErrorReport };
