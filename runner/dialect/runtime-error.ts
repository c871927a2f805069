const FAILED_CAST = /Could not convert string '([\s\S]*)' to \w+/;

/**
 * What a failed query says to its writer: GoogleSQL's message where a function of the library failed (its text travels in a failing
 * cast), else DuckDB's first line.
 */
export function runtimeMessage(duckdbMessage: string): string {
  const [line = ""] = duckdbMessage.split("\n");
  const cast = FAILED_CAST.exec(line);
  if (cast !== null) return cast[1] as string;
  if (/Casting value .* to type DECIMAL/.test(line))
    return line.replace(/^.*?Casting value "([^"]*)".*$/, "numeric out of range: $1");
  if (/More than one row returned by a subquery/.test(line)) return "Scalar subquery produced more than one element";
  return line.replace(/^[A-Za-z ]+ Error: /, "");
}
