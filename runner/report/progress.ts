import type { EventListener } from "../events/events.js";
import { eventLine } from "./event-lines.js";
import { actionLine, isRoutine } from "./run-report.js";
import { colorsFor, plainLine } from "./text.js";

/** Lines on standard error while a run goes on: one per action on a terminal, only notes and warnings in a pipe. */
export function progressTo(stream: NodeJS.WriteStream, names: readonly string[], quiet: boolean): EventListener {
  const colors = colorsFor(stream);
  const width = Math.max(0, ...names.map((name) => name.length));
  const shown = stream.isTTY === true && !quiet;
  const running = new Set<string>();
  const status = () => {
    if (shown && running.size > 0)
      stream.write(
        `\r\u001b[K  ${colors.dim(`running ${[...running].join(", ")}`.slice(0, (stream.columns || 80) - 3))}`,
      );
  };
  return (event) => {
    const line = eventLine(event);
    if (line !== undefined) stream.write(`${shown ? "\r\u001b[K" : ""}${line.kind}: ${plainLine(line.text)}\n`);
    if (!shown) return;
    if (event.event === "action_started") running.add(event.key);
    if (event.event === "action_finished") {
      running.delete(event.result.key);
      if (event.result.status !== "skipped" && !isRoutine(event.result))
        stream.write(`\r\u001b[K${actionLine(event.result, width, colors)}\n`);
    }
    if (event.event === "run_finished") stream.write("\r\u001b[K");
    status();
  };
}
