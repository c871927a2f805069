const WIDTH = 120;
/** Fields whose numbers are of the machine, not of what was done. */
const MEASURED = /(^|_)(ms|millis|pid|age_hours|port|storage_port|storagePort)$|Ms$/;

/** A page has more bytes, and not the same with every build; what a query reads of a small project has fewer. */
const LEAST_PAGE = 10_000;

/** A JSON document as people read it, what differs from run to run made the same: `settle` does so with each text. */
export function jsonText(document: string, settle: (text: string) => string): string {
  const value: unknown = JSON.parse(document, (key, field: unknown) => {
    if (typeof field === "string") return settle(field);
    const isOfMachine = MEASURED.test(key) || (key === "bytes" && Number(field) > LEAST_PAGE);
    return typeof field === "number" && isOfMachine ? 0 : field;
  });
  return linesOf(value, "").join("\n");
}

/** A value on one line where it fits, else its parts below each other. */
function linesOf(value: unknown, indent: string): string[] {
  const flat = JSON.stringify(value);
  if (indent.length + flat.length <= WIDTH || typeof value !== "object" || value === null) return [flat];
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = Object.entries(value).map(([key, part]) => {
    const [first = "", ...rest] = linesOf(part, inner);
    return [`${inner}${isList ? "" : `${JSON.stringify(key)}: `}${first}`, ...rest];
  });
  const separated = parts.flatMap((part, index) =>
    index === parts.length - 1 ? part : [...part.slice(0, -1), `${part.at(-1)},`],
  );
  return [isList ? "[" : "{", ...separated, `${indent}${isList ? "]" : "}"}`];
}
