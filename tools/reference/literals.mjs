// Values in the golden form (README.md) as GoogleSQL literals.

/** Everything but plain ASCII as an escape, so that no character of a value can end or change the literal. */
function quoted(text) {
  const escaped = Array.from(text, (c) => {
    const code = c.codePointAt(0);
    if (code > 0xffff) return `\\U${code.toString(16).padStart(8, "0")}`;
    const plain = code >= 0x20 && code < 0x7f && !"\\'\"`".includes(c);
    return plain ? c : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `'${escaped.join("")}'`;
}

function elementType(type) {
  return type.slice("ARRAY<".length, -1);
}

/** A literal of the given type; NULL keeps the type by a cast. */
export function googlesqlLiteral(type, value) {
  if (value === null || value === undefined) return `CAST(NULL AS ${type})`;
  if (type.startsWith("ARRAY<")) {
    return `${type}[${value.map((element) => googlesqlLiteral(elementType(type), element)).join(", ")}]`;
  }
  switch (type) {
    case "STRING":
      return quoted(value);
    case "BYTES":
      return `FROM_BASE64('${value}')`;
    case "BOOL":
      return value ? "TRUE" : "FALSE";
    case "INT64":
    case "FLOAT64":
      return `CAST('${value}' AS ${type})`;
    case "NUMERIC":
    case "BIGNUMERIC":
    case "DATE":
    case "DATETIME":
    case "TIME":
    case "TIMESTAMP":
    case "JSON":
      return `${type} ${quoted(String(value))}`;
    default:
      throw new Error(`no literal for type ${type}`);
  }
}
