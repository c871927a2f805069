import { COMMANDS, commandNamed } from "../registry.js";
import { baseParser, optionsOf } from "./help.js";

/**
 * What may stand next on a command line, one completion a line as the shell's script wants it.
 * @param words the words of the line, the program's name first and the one that is being written last
 */
export async function completions(words: readonly string[]): Promise<readonly string[]> {
  // The parser writes for the login shell; which shell asks can be told from what its script exports.
  pretendShell(process.env.COMP_LINE === undefined ? "bash" : "zsh");
  const [program = "fastbreak", name = "", ...rest] = words;
  const parser = baseParser().scriptName(program);
  if (rest.length === 0) {
    for (const [command, { summary }] of Object.entries(COMMANDS)) parser.command(command, summary);
    return (await parser.getCompletion([program, name])).filter((word) => word.startsWith(name));
  }
  const module = await commandNamed(name)?.load();
  if (module === undefined) return [];
  const current = rest.at(-1) ?? "";
  const known = await parser.options(optionsOf(module.command.flags)).getCompletion(["-"]);
  // An empty word may become a name or a folder: those the shell completes.
  return current.startsWith("-") ? known.filter((word) => word.startsWith(current)) : [];
}

/** The script that makes a shell ask for completions. */
export function completionScript(shell: "bash" | "zsh"): string {
  pretendShell(shell);
  const lines: string[] = [];
  const write = console.log;
  console.log = (...texts: unknown[]) => {
    lines.push(texts.join(" "));
  };
  try {
    baseParser().scriptName("fastbreak").completion("completion").showCompletionScript();
  } finally {
    console.log = write;
  }
  return lines.join("\n");
}

/** The parser takes the kind of shell from the environment alone. */
function pretendShell(shell: "bash" | "zsh"): void {
  process.env.SHELL = `/bin/${shell}`;
  delete process.env.ZSH_NAME;
}
