type Main = (args: readonly string[]) => Promise<number>;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Caught extends Finished {
  /** Both outputs in the order in which they were written, as a terminal shows them. */
  readonly both: string;
}

interface Surroundings {
  /** The columns of the terminal that both outputs are taken for; undefined: they are pipes. */
  readonly columns?: number;
  /** More environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Without colours, as processes of tests are started. */
export const QUIET: Surroundings = { variables: { NO_COLOR: "1" } };

let main: Promise<Main> | undefined;
/** Calls share the working folder and the outputs of this process: each waits for the one before. */
let before: Promise<unknown> = Promise.resolve();

/** Runs the built command line in this process, in a folder; what it prints is caught. */
export function inProcess(
  args: readonly string[],
  dir: string,
  { columns, variables = {} }: Surroundings = {},
): Promise<Caught> {
  const call = before.then(async () => {
    main ??= import(new URL("../dist/main.js", import.meta.url).href).then((module: { main: Main }) => module.main);
    const run = await main;
    const folder = process.cwd();
    const caught = { stdout: "", stderr: "", both: "" };
    const undo = [catchOutput(caught, "stdout", columns), catchOutput(caught, "stderr", columns), setting(variables)];
    process.chdir(dir);
    try {
      const code = await run(args);
      return { code, ...caught };
    } finally {
      process.chdir(folder);
      for (const restore of undo) restore();
    }
  });
  before = call.catch(() => undefined);
  return call;
}

/** @returns what gives the output back */
function catchOutput(
  caught: Record<"stdout" | "stderr" | "both", string>,
  name: "stdout" | "stderr",
  columns: number | undefined,
): () => void {
  const stream = process[name];
  const { write, isTTY, columns: before } = stream;
  Object.assign(stream, { isTTY: columns !== undefined, columns });
  stream.write = ((text: string | Uint8Array) => {
    const part = typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    caught[name] += part;
    caught.both += part;
    return true;
  }) as typeof stream.write;
  return () => {
    Object.assign(stream, { write, isTTY, columns: before });
  };
}

/** @returns what gives the variables back */
function setting(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
