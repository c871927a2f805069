/** Exit codes of every command; README.md, section "Commands", tells them to users. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  locked: 4,
  stateUnreadable: 5,
  differs: 6,
  changes: 10,
  bug: 70,
} as const;
