import type { CommandModule } from "./command.js";

/** A command as the list of commands shows it; its module is loaded when it is asked for. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

/** Every command, in the order of the help text. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: { summary: "decide and run", load: () => import("./run.js") },
  plan: { summary: "show the decisions and their evidence, run nothing", load: () => import("./plan.js") },
  explain: { summary: "why a model would run or be skipped, with every hash", load: () => import("./explain.js") },
  ls: { summary: "list actions, by the selectors of run", load: () => import("./ls.js") },
  graph: { summary: "what reads what: a tree, DOT, Mermaid or JSON", load: () => import("./graph.js") },
  diff: {
    summary: "rows that an edit changes, or in which environments differ",
    load: () => import("./diff.js"),
  },
  env: { summary: "list environments of other schema suffixes, or drop one", load: () => import("./env.js") },
  watch: { summary: "on every save: mistakes, and the rows that would change", load: () => import("./watch.js") },
  verify: { summary: "rebuild a window aside and compare every fingerprint", load: () => import("./verify.js") },
  status: { summary: "what is fresh, stale, failed; the last runs", load: () => import("./status.js") },
  breaker: { summary: "list circuit breakers, or reset them", load: () => import("./breaker.js") },
  gate: { summary: "is a date ready? exit code and reasons", load: () => import("./gate.js") },
  orchestrate: {
    summary: "carry a night out: steps, target, gate, what comes behind",
    load: () => import("./orchestrate.js"),
  },
  probe: { summary: "try what accounts may and may not write and read", load: () => import("./probe.js") },
  alerts: { summary: "ask what is worth an alert, tell who wants to know", load: () => import("./alerts.js") },
  compile: { summary: "print the compiled graph, as dataform compile does", load: () => import("./compile.js") },
  check: { summary: "find mistakes in the SQL of every model, run nothing", load: () => import("./check.js") },
  lineage: { summary: "what a column is made of, and what is made of it", load: () => import("./lineage.js") },
  test: { summary: "run the project's unit tests in a scratch warehouse", load: () => import("./test.js") },
  migrate: { summary: "apply the project's own migrations, each once", load: () => import("./migrate.js") },
  report: { summary: "write one HTML file that shows the project and its runs", load: () => import("./report.js") },
  ui: { summary: "the same as pages that follow the project, on this machine", load: () => import("./ui.js") },
  query: { summary: "run GoogleSQL on the warehouse and print the rows", load: () => import("./query.js") },
  init: { summary: "make a warehouse and fastbreak.json for a project", load: () => import("./init.js") },
  seed: {
    summary: "load files into declared tables, or make tables that are missing",
    load: () => import("./seed.js"),
  },
  pull: {
    summary: "copy source tables of BigQuery into the embedded warehouse",
    load: () => import("./pull.js"),
  },
  load: { summary: "load raw data: 'load sample' or 'load files DIR'", load: () => import("./load.js") },
  doctor: { summary: "look at what only the service can tell", load: () => import("./doctor.js") },
  serve: { summary: "answer as BigQuery does, on this machine", load: () => import("./serve.js") },
  completion: { summary: "print a completion script for bash or zsh", load: () => import("./completion.js") },
};

/** The entry of a name; undefined: no command has it. */
export function commandNamed(name: string): CommandEntry | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}
