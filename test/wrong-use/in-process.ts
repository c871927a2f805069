import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Finished, ROOT } from "../rig.js";

type Main = (args: readonly string[]) => Promise<number>;

let main: Promise<Main> | undefined;

/**
 * Runs the built command line in this process, in a folder; what it prints is caught. One call at a time.
 *
 * @param columns those of the terminal that both outputs are taken for; undefined: they are pipes
 */
export async function inProcess(args: readonly string[], dir: string, columns?: number): Promise<Finished> {
  main ??= import(pathToFileURL(join(ROOT, "dist/main.js")).href).then((module: { main: Main }) => module.main);
  const run = await main;
  const before = process.cwd();
  const caught = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const { write, isTTY, columns: before } = stream;
    Object.assign(stream, { isTTY: columns !== undefined, columns });
    stream.write = ((text: string | Uint8Array) => {
      caught[name] += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
      return true;
    }) as typeof stream.write;
    return () => {
      Object.assign(stream, { write, isTTY, columns: before });
    };
  });
  process.chdir(dir);
  try {
    const code = await run(args);
    return { code, ...caught };
  } finally {
    process.chdir(before);
    for (const undo of restore) undo();
  }
}
