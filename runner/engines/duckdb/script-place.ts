import { NO_PROJECTS, type ProjectNames } from "../../googlesql/project-names.js";

/** What the SQL of a warehouse is surrounded by. */
export interface ScriptPlace {
  /** What names with a project stand for; asked when SQL is translated, never before. */
  projects(): Promise<ProjectNames>;
  /** Where relative paths of files begin. */
  readonly folder: string;
}

/** Where nobody knows of projects, and paths begin where the process runs. */
export const ANYWHERE: ScriptPlace = { projects: async () => NO_PROJECTS, folder: process.cwd() };
