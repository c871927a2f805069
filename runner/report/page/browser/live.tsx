import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PageData } from "../page-data.js";
import { duration, nameOf, plural } from "./format.js";
import type { Answer, RunRequest } from "./server.js";

/** A run as its events tell it. */
export interface Progress {
  readonly isRunning: boolean;
  readonly actions: number;
  readonly running: readonly string[];
  readonly finished: Readonly<Record<string, number>>;
  readonly took: number | undefined;
  readonly message: string;
}

export const IDLE: Progress = { isRunning: false, actions: 0, running: [], finished: {}, took: undefined, message: "" };

/** What live pages can do; undefined in a report. */
export interface Live {
  readonly progress: Progress;
  /** Of the data that are shown. */
  readonly window: PageData["window"];
  run(request: RunRequest): Promise<void>;
  query(sql: string): Promise<Answer>;
  /** Shows the plan of other dates. */
  plan(window: PageData["window"]): Promise<void>;
}

export const LiveContext = createContext<Live | undefined>(undefined);

export function useLive(): Live | undefined {
  return useContext(LiveContext);
}

/** One line on the run that goes on, or the last one. */
export function LiveStrip() {
  const live = useLive();
  if (live === undefined) return null;
  const { isRunning, actions, running, finished, took, message } = live.progress;
  const done = Object.values(finished).reduce((sum, number) => sum + number, 0);
  const counts = Object.entries(finished)
    .map(([status, number]) => `${number} ${WORDS[status] ?? status}`)
    .join(", ");
  return (
    <output class={isRunning ? "strip is-on" : "strip"} aria-live="polite">
      {isRunning && (
        <>
          <progress max={Math.max(1, actions)} value={done} aria-label="Actions of the run that have ended" />
          <span>
            {done} of {plural(actions, "action")}
          </span>
          <bdi class="clip dim">{running.map(nameOf).join(", ")}</bdi>
        </>
      )}
      {!isRunning && message !== "" && <span class="error">{message}</span>}
      {!isRunning && took !== undefined && (
        <span>
          The run took {duration(took)}: {counts}
        </span>
      )}
    </output>
  );
}

const WORDS: Readonly<Record<string, string>> = { success: "ran", unchanged: "without any difference" };
