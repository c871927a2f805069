import type { Command } from "commander";

/** One command: its arguments, and what it does with them. Returns the exit code. */
export interface CommandModule {
  configure(command: Command): void;
  execute(command: Command): Promise<number>;
}

/** Options that every command takes. */
export interface CommonOptions {
  readonly projectDir: string;
  readonly target?: string;
  readonly database?: string;
  readonly json?: boolean;
}
