const ADVICE: Readonly<Record<string, string>> = {
  incremental: `it is the model's own table, which a first build has not made yet: put \${when(incremental(), ...)} around this`,
  table: "it is the model's own table, which a first build has not made yet",
  view: "a view cannot read itself",
  operation: "nothing has made it yet: begin with CREATE TABLE IF NOT EXISTS",
};

/** An error of an action's SQL, with what to do where the table that is not found is the one that the action makes. */
export function withOwnTable(message: string, type: string, key: string): string {
  const named = /^Table not found: ([^;\s]+)/.exec(message)?.[1]?.split(".");
  const advice = ADVICE[type];
  const isOwn = named !== undefined && named.length > 1 && `.${key}`.endsWith(`.${named.slice(-2).join(".")}`);
  return isOwn && advice !== undefined ? `${message}; ${advice}` : message;
}
