import { COMMANDS } from "../registry.js";
import { helpText } from "./help.js";

/** Every command with its help text, as the page of the documentation. */
export async function commandsDoc(): Promise<string> {
  const parts = [
    "# Commands",
    "",
    "What `fastbreak <command> --help` prints, for every command. `npm run docs:commands` writes this page.",
  ];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const { command } = await load();
    parts.push("", `## ${name}`, "", "```text", (await helpText(name, summary, command)).trimEnd(), "```");
  }
  return `${parts.join("\n")}\n`;
}
