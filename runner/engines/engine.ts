import type { SqlChecker } from "../googlesql/checker.js";
import type { ProjectNames } from "../googlesql/project-names.js";
import type { Warehouse } from "../port/port.js";
import type { SystemTables } from "../port/sql-jobs.js";

/** How BigQuery is asked; all that is left out is BigQuery's own choice. */
export interface BigQuerySettings {
  readonly project?: string | undefined;
  readonly location?: string | undefined;
  /** A server on this machine that speaks as BigQuery does. */
  readonly endpoint?: string | undefined;
  /** Credentials of a service account; a path is relative to the project. */
  readonly keyFile?: string | undefined;
  /** A file as `dataform init-creds` writes it, which goes before the key; a path is relative to the project. */
  readonly credentials?: string | undefined;
  /** Stands in the ids of jobs. */
  readonly jobPrefix?: string | undefined;
  /** A service account to act as. */
  readonly impersonate?: string | undefined;
  /** A job that would bill more does not run. */
  readonly maximumBytesBilled?: number | undefined;
  /** All jobs of one run together. */
  readonly maximumBytesPerRun?: number | undefined;
  /** US dollars for 1 TiB. */
  readonly pricePerTiB?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly priority?: "interactive" | "batch" | undefined;
  readonly reservation?: string | undefined;
  readonly jobTimeoutSeconds?: number | undefined;
}

/** What the flags and settings of a command say of where a warehouse is; each engine reads what concerns it. */
export interface WarehousePlace {
  readonly projectDir: string;
  /** `--database`, or `database` in fastbreak.json; a path is absolute. */
  readonly database: string | undefined;
  /** Memory that the engine may use, as `8GB` or `50%`; undefined: its own choice. */
  readonly memory: string | undefined;
  /** Threads that it may use; undefined: one a core. */
  readonly threads: number | undefined;
  /** Others in this process may write to it too. */
  readonly isShared?: boolean | undefined;
  /** Settings of BigQuery; undefined: none are given. */
  readonly bigquery?: BigQuerySettings | undefined;
  /** Dataset of the runner's own tables. */
  readonly stateDataset?: string;
  /** The project that names without one belong to, as the project's own settings say; known before anything is compiled. */
  readonly home?: () => Promise<string>;
  /** Where data lies, as the project's own settings say. */
  readonly location?: () => Promise<string | undefined>;
  /** Keys of the relations that a project names, those with a star of all that begin so; undefined: nobody says. */
  readonly relations?: () => Promise<readonly string[]>;
  /** What names with a project stand for, asked when SQL is translated; undefined: projects tell nothing apart. */
  readonly projects?: () => Promise<ProjectNames>;
  /** Finds INFORMATION_SCHEMA and the like for an engine that has none of its own, asked when SQL is translated. */
  readonly systemTables?: () => Promise<SystemTables>;
}

/** One thing that was looked at, and how it stands. */
export interface EngineFinding {
  readonly what: string;
  readonly status: "ok" | "warning" | "failed";
  readonly text: string;
}

/** One engine that can hold a warehouse. Adding one is a folder beside this file and a line in the registry. */
export interface Engine {
  readonly name: string;
  /** In words, for `--help`. */
  readonly summary: string;
  /** Where the warehouse of a place is, as it is shown to the user. */
  locate(place: WarehousePlace): string;
  /** Whether there is a warehouse, told without opening it. */
  exists(place: WarehousePlace): boolean;
  /** Loads what opening needs, after which `open` is under way as soon as it is called; undefined: it is anyway. */
  readonly load?: () => Promise<unknown>;
  /**
   * Opens the warehouse of a place.
   * @param options.create make one where there is none
   * @throws EngineError `missing`, `locked`, `corrupt`, `newer_version`
   */
  open(place: WarehousePlace, options: { readonly create: boolean }): Promise<Warehouse>;
  /** An empty warehouse that nobody else sees and that is gone when it is closed; undefined: the engine has none. */
  readonly openScratch?: (
    projects: ProjectNames,
    limits?: Pick<WarehousePlace, "memory" | "threads">,
    systemTables?: WarehousePlace["systemTables"],
  ) => Promise<Warehouse>;
  /** Looks at what can only be known from the engine itself; undefined: there is no such thing. */
  readonly examine?: (place: WarehousePlace) => AsyncIterable<EngineFinding>;
  /** Its work is done by jobs that a service keeps, which credentials, a prefix of their ids and labels are for. */
  readonly hasJobs?: true;
  /** A warehouse holds the tables of one project: their names do not say which. */
  readonly keepsOneProject?: true;
  /** Why no loader can write into its warehouses, and what to do instead; undefined: loaders can. */
  readonly refusesLoaders?: string;
  /** Finds mistakes in SQL without running it; undefined: the engine cannot. */
  readonly checker?: () => Promise<SqlChecker>;
}
