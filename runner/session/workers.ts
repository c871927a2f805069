import { availableParallelism } from "node:os";
import type { RunnerSettings } from "../project/settings.js";
import type { Variables } from "./choose-settings.js";

/** How many workers one action has. */
export interface Workers {
  /** The action as the settings name it. */
  readonly action: string;
  readonly workers: number;
  /** The variable that says so, `default`, or the switch that turns it off. */
  readonly origin: string;
  /** Somebody has asked for them: the window of the action is split. */
  readonly isAsked: boolean;
}

/** The workers of all actions that the settings name, and what is odd about the variables. */
export interface ChosenWorkers {
  readonly actions: readonly Workers[];
  readonly warnings: readonly string[];
}

/**
 * The workers that hold: an action's own variable before the one for all before its default, each as far as the machine has processors. A
 * value that is no whole number above 0 is told, and the next one holds. A switch that is `false` leaves one worker.
 */
export function chooseWorkers(
  { variable, actions }: RunnerSettings["workers"],
  variables: Variables,
  processors = availableParallelism(),
): ChosenWorkers {
  const warnings: string[] = [];
  const read = (name: string | undefined): number | undefined => {
    const text = name === undefined ? undefined : variables[name]?.trim();
    if (text === undefined || text === "") return undefined;
    if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
    warnings.push(`${name} ${text} is no whole number above 0 and does not count`);
    return undefined;
  };
  const all = read(variable);
  const capped = (workers: number) => Math.max(1, Math.min(workers, processors));
  const chosen = Object.entries(actions).map(([action, settings]): Workers => {
    const toggle = settings.switch;
    if (toggle !== undefined && /^(false|0|no|off)$/i.test(variables[toggle]?.trim() ?? ""))
      return { action, workers: 1, origin: toggle, isAsked: false };
    const own = read(settings.variable);
    const [asked, origin] = own !== undefined ? [own, settings.variable] : all !== undefined ? [all, variable] : [];
    if (asked === undefined) return { action, workers: capped(settings.default), origin: "default", isAsked: false };
    const workers = capped(asked);
    const cut = workers < asked ? `, ${asked} cut to the processors` : "";
    return { action, workers, origin: `${origin}${cut}`, isAsked: true };
  });
  return { actions: chosen, warnings: [...new Set(warnings)] };
}
