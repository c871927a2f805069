import { usageError } from "./exit.js";

/** `k=v` pairs of `--var` and `--vars`, or of another flag. */
export function parseVars(pairs: readonly string[], flag = "--var"): Readonly<Record<string, string>> {
  const vars: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (at < 1 || !/^[A-Za-z_][\w.-]*$/.test(name) || name === "__proto__" || name === "constructor") {
      throw usageError(`${flag} ${pair} is not name=value`);
    }
    vars[name] = pair.slice(at + 1);
  }
  return vars;
}
