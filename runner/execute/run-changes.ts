import type { RunnableAction } from "../graph/action.js";

/** What one run has changed so far: what it does not name is as it was when the run was planned. */
export class RunChanges {
  /** Relations that have other rows, or others may be in them. */
  readonly #published = new Set<string>();
  /** Relations of actions that did not turn out to have nothing to do: a table without a new row may have a new column. */
  readonly #tried = new Set<string>();
  /** Relations that nobody builds and of which it is known by now what is stale. */
  readonly #revised = new Set<string>();
  /** Actions that may write what nobody foresees. */
  readonly #writers: ReadonlySet<string>;

  constructor(actions: readonly RunnableAction[]) {
    this.#writers = new Set(actions.filter(({ mayWriteMore }) => mayWriteMore).map(({ node }) => node.key));
  }

  published(key: string): void {
    this.#published.add(key);
  }

  tried(action: RunnableAction): void {
    for (const key of relationsOf(action)) this.#tried.add(key);
  }

  revised(key: string): void {
    this.#revised.add(key);
  }

  /** Whether the rows that an action reads may be other than they were. */
  mayHaveMoved(action: RunnableAction): boolean {
    return inputsOf(action).some((key) => this.#revised.has(key)) || isAmong(action, this.#published, this.#writers);
  }

  /** Whether anything that decides about an action may be other than it was, its own table too. */
  mayBeDecidedOtherwise(action: RunnableAction): boolean {
    const own = [...relationsOf(action), ...action.effects.map(({ key }) => key)];
    return (
      this.mayHaveMoved(action) ||
      own.some((key) => this.#tried.has(key)) ||
      isAmong(action, this.#tried, this.#writers)
    );
  }
}

function inputsOf({ node }: RunnableAction): string[] {
  return node.upstreams.map(({ key }) => key);
}

/** What an action makes, and what its statements write. */
export function relationsOf({ node, createdRoutines, writes }: RunnableAction): string[] {
  return [node.key, ...createdRoutines, ...writes];
}

/** Whether what an action reads is among the relations; who waits for a writer that may write anything may read it. */
function isAmong(action: RunnableAction, relations: ReadonlySet<string>, writers: ReadonlySet<string>): boolean {
  return (
    inputsOf(action).some((key) => relations.has(key)) ||
    action.dependencies.some((key) => writers.has(key) && relations.has(key))
  );
}
