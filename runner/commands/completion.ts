import { basename } from "node:path";
import { completionScript } from "./arguments/completions.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";

export const command = defineCommand({
  positionals: [{ name: "shell", describe: "bash or zsh; default: the shell in use" }],
  flags: {},
  notes: ["Completes commands and their options wherever a fastbreak is on the PATH."],
  examples: ["fastbreak completion bash >> ~/.bashrc", "fastbreak completion zsh >> ~/.zshrc"],

  async execute({ words: [asked] }): Promise<number> {
    const shell = asked ?? (basename(process.env.SHELL ?? "") === "zsh" ? "zsh" : "bash");
    if (shell !== "bash" && shell !== "zsh") throw usageError(`there is no completion for ${shell}; give bash or zsh`);
    process.stdout.write(`${completionScript(shell)}\n`);
    return EXIT.done;
  },
});
