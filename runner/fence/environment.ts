/** The only variables of the environment that fenced code gets: those that decide how JavaScript prints dates and numbers. */
export function languageEnvironment(): Record<string, string> {
  const names = ["LANG", "LC_ALL", "TZ"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
