import { resolve } from "node:path";
import type { BigQuerySettings } from "../engines/engine.js";
import { DEFAULT_ENGINE } from "../engines/registry.js";
import { UserError } from "../graph/user-error.js";
import type { ProjectOverrides } from "../project/compile/protocol.js";
import { type RunnerSettings, suggestion } from "../project/settings.js";
import type { EnvironmentSettings } from "../project/settings-schema.js";
import { type GivenText, readCount, readMemory } from "./settings-values.js";

/** What somebody says of where things are and how they run; what is left open is taken from the environment and the settings. */
export interface PlaceOptions {
  readonly projectDir?: string | undefined;
  /** Name of named defaults in the settings. */
  readonly environment?: string | undefined;
  /** Name of an engine. */
  readonly target?: string | undefined;
  /** A path is relative to the working directory. */
  readonly database?: string | undefined;
  readonly memory?: string | undefined;
  readonly threads?: string | undefined;
  readonly concurrency?: string | undefined;
  readonly overrides?: ProjectOverrides | undefined;
  /** What jobs of BigQuery are asked for with; `credentials` is a path, relative to the project. */
  readonly jobs?: Pick<BigQuerySettings, "credentials" | "jobPrefix" | "labels"> | undefined;
  /** Milliseconds that compiling may take. */
  readonly compileTimeoutMs?: number | undefined;
  /** Is given a line for the user before something that takes long; undefined: nobody listens. */
  readonly onNote?: ((line: string) => void) | undefined;
  /** Others in this process may write to the warehouse too. */
  readonly isShared?: boolean | undefined;
}

/** What holds when flags, variables, environment and settings are laid over each other. */
export interface ChosenSettings {
  /** Name of the environment; undefined: none. */
  readonly environment: string | undefined;
  readonly target: string;
  readonly database: string | undefined;
  readonly memory: string | undefined;
  readonly threads: number | undefined;
  readonly concurrency: number;
  readonly overrides: ProjectOverrides;
  /** Where each setting comes from: a flag, a variable, an environment, fastbreak.json or the defaults. */
  readonly origins: Readonly<Record<ChosenName, string>>;
  readonly bigquery: BigQuerySettings;
}

type ChosenName = keyof typeof FLAGS;

const DEFAULT_CONCURRENCY = 4;
/** The most that each number may be; the same limits stand in the settings' schema. */
const MOST = { concurrency: 64, threads: 256 } as const;

export type Variables = Readonly<Record<string, string | undefined>>;

/** The project folder that a flag or `FASTBREAK_PROJECT_DIR` names; the working directory where neither does. */
export function chosenProjectDir(given: string | undefined, variables: Variables): string {
  return given ?? variableOf(variables, "projectDir")?.text ?? ".";
}

/**
 * Lays what is given over what is set: a flag before `FASTBREAK_...` before the environment before the settings before the defaults.
 * @throws UserError for a value that means nothing and for an environment that is not there
 */
export function chooseSettings(
  projectDir: string,
  flags: PlaceOptions,
  settings: RunnerSettings,
  variables: Variables,
): ChosenSettings {
  const environment = environmentOf(flags, settings, variables);
  const given = (name: ChosenName) => givenText(flags, variables, name);
  const count = (name: keyof typeof MOST) => {
    const text = given(name);
    return text === undefined ? (environment[name] ?? settings[name]) : readCount(text, MOST[name]);
  };
  const chosenEnvironment = nameOfEnvironment(flags, variables);
  const originOf = (name: ChosenName): string => {
    const text = given(name);
    if (text !== undefined) return text.source;
    if (environment[name] !== undefined) return `environment ${chosenEnvironment}`;
    return settings[name] === undefined ? "default" : "fastbreak.json";
  };
  const origins = Object.fromEntries(
    (Object.keys(FLAGS) as ChosenName[]).map((name) => [name, originOf(name)]),
  ) as Record<ChosenName, string>;
  const memory = given("memory");
  const database = given("database");
  const inProject = environment.database ?? settings.database;
  return {
    environment: chosenEnvironment,
    target: given("target")?.text ?? environment.target ?? settings.target ?? DEFAULT_ENGINE,
    database:
      database !== undefined
        ? fileOf(database)
        : inProject && fileOf({ text: inProject, source: "fastbreak.json: database" }, projectDir),
    memory: memory === undefined ? (environment.memory ?? settings.memory) : readMemory(memory),
    threads: count("threads"),
    concurrency: count("concurrency") ?? DEFAULT_CONCURRENCY,
    overrides: overridesOf(environment, flags.overrides ?? {}),
    origins,
    bigquery: withJobs({ ...settings.bigquery, ...environment.bigquery }, flags.jobs ?? {}),
  };
}

/** What DuckDB's own tools take for no file: a database in memory, and those of a service. */
const NO_FILE = /^(:memory:|md:|\w{2,}:\/\/)/;

/** @throws UserError for a name that says no file: one of that name would be made where nobody looks for it */
function fileOf({ text, source }: GivenText, folder = ""): string {
  if (NO_FILE.test(text))
    throw new UserError(
      `${source} ${text} is not possible: the warehouse is a file, which keeps what is built from run to run; give its path`,
    );
  return resolve(folder, text);
}

/**
 * What is given of an engine whose warehouse is no project's.
 * @throws UserError for a value that means nothing
 */
export function chosenLimits(flags: PlaceOptions, variables: Variables): Pick<ChosenSettings, "memory" | "threads"> {
  const [memory, threads] = [givenText(flags, variables, "memory"), givenText(flags, variables, "threads")];
  return { memory: memory && readMemory(memory), threads: threads && readCount(threads, MOST.threads) };
}

function givenText(flags: PlaceOptions, variables: Variables, name: ChosenName): GivenText | undefined {
  const text = flags[name];
  return text === undefined ? variableOf(variables, name) : { text, source: FLAGS[name] };
}

/** Flags go before settings; labels come besides. */
function withJobs(settings: BigQuerySettings, { credentials, jobPrefix, labels }: BigQuerySettings): BigQuerySettings {
  const all = { ...settings.labels, ...labels };
  return {
    ...settings,
    ...(credentials === undefined ? {} : { credentials }),
    ...(jobPrefix === undefined ? {} : { jobPrefix }),
    ...(Object.keys(all).length === 0 ? {} : { labels: all }),
  };
}

const FLAGS = {
  target: "--target",
  database: "--database",
  memory: "--memory",
  threads: "--threads",
  concurrency: "--concurrency",
} as const;

function nameOfEnvironment(flags: PlaceOptions, variables: Variables): string | undefined {
  return flags.environment ?? variableOf(variables, "environment")?.text;
}

function environmentOf(flags: PlaceOptions, settings: RunnerSettings, variables: Variables): EnvironmentSettings {
  const chosen = nameOfEnvironment(flags, variables);
  if (chosen === undefined) return {};
  const { environments } = settings;
  const found = Object.hasOwn(environments, chosen) ? environments[chosen] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(environments);
  const hint = known.length === 0 ? '; fastbreak.json has no "environments"' : suggestion(chosen, known);
  const source = flags.environment === undefined ? "FASTBREAK_ENVIRONMENT" : "--environment";
  throw new UserError(`${source} ${chosen} is not known${hint}`);
}

/** What an environment says to the compile, with the flags over it; variables are laid over each other one by one. */
function overridesOf(environment: EnvironmentSettings, flags: ProjectOverrides): ProjectOverrides {
  const {
    schemaSuffix,
    databaseSuffix,
    tablePrefix,
    defaultDatabase,
    defaultSchema,
    defaultLocation,
    assertionSchema,
  } = environment;
  const named = {
    schemaSuffix,
    databaseSuffix,
    tablePrefix,
    defaultDatabase,
    defaultSchema,
    defaultLocation,
    assertionSchema,
  };
  const set = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  const vars = { ...environment.vars, ...flags.vars };
  return { ...set, ...flags, ...(Object.keys(vars).length === 0 ? {} : { vars }) };
}

/** `FASTBREAK_SCHEMA` and the like; an empty variable is one that is not set. */
function variableOf(variables: Variables, name: string): GivenText | undefined {
  const source = `FASTBREAK_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  const text = variables[source];
  return text === undefined || text === "" ? undefined : { text, source };
}
