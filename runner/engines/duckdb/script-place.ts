import { NO_PROJECTS, type ProjectNames } from "../../googlesql/project-names.js";
import type { SystemTables } from "../../port/sql-jobs.js";

/** What the SQL of a warehouse is surrounded by. */
export interface ScriptPlace {
  /** What names with a project stand for; asked when SQL is translated, never before. */
  projects(): Promise<ProjectNames>;
  /** Finds INFORMATION_SCHEMA and the like, asked when SQL is translated; undefined: there is none. */
  readonly systemTables?: (() => Promise<SystemTables>) | undefined;
  /** Where relative paths of files begin. */
  readonly folder: string;
}

/** Where nobody knows of projects, and paths begin where the process runs. */
export const ANYWHERE: ScriptPlace = { projects: async () => NO_PROJECTS, folder: process.cwd() };
