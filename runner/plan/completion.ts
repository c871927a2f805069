/** What a message says of one processor. */
export interface Completion {
  readonly processor: string;
  readonly status: string;
  readonly rowCount: number;
  /** ISO 8601 in UTC. */
  readonly completedAt: string;
  /** Why it had nothing to do; only with the status `skipped`. */
  readonly skipReason?: string;
}

/** What is known of one date. */
export interface CompletionState {
  readonly completions: ReadonlyMap<string, Completion>;
  /** When the target was started; undefined: it was not. */
  readonly triggeredAt: string | undefined;
}

export const NOTHING_COMPLETE: CompletionState = { completions: new Map(), triggeredAt: undefined };

/**
 * Whether a completion counts: something was made, or a rule of the project says that there was nothing to make. A notice of failure,
 * or of nothing made, releases nobody.
 */
export function counts(completion: Completion | undefined): boolean {
  return completion !== undefined && (completion.status === SKIPPED || hasMade(completion));
}

/** The status of a processor that a rule of the project leaves out of a date. */
export const SKIPPED = "skipped";

function hasMade({ status, rowCount }: Completion): boolean {
  return status === "success" && rowCount > 0;
}

/** The processors that are still waited for, in the order in which they are required. */
export function waitingFor(state: CompletionState, required: readonly string[]): readonly string[] {
  return required.filter((processor) => !counts(state.completions.get(processor)));
}

/**
 * The state after a message, and whether it is this one that starts the target. Messages come in any order and more than once; a
 * retry takes the place of its own entry, an older message of the same processor does not. Of one date the target is started once,
 * and never when nobody has made anything for it.
 */
export function afterCompletion(
  state: CompletionState,
  required: readonly string[],
  completion: Completion,
  now: string,
): { readonly state: CompletionState; readonly fires: boolean } {
  const known = state.completions.get(completion.processor);
  if (known !== undefined && known.completedAt > completion.completedAt) return { state, fires: false };
  const completions = new Map(state.completions).set(completion.processor, completion);
  const next = { ...state, completions };
  const isComplete = waitingFor(next, required).length === 0;
  const fires = state.triggeredAt === undefined && isComplete && [...completions.values()].some(hasMade);
  return { state: fires ? { ...next, triggeredAt: now } : next, fires };
}
