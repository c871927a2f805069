// GoogleSQL types as text (`ARRAY<STRUCT<a INT64, b STRING>>`) to and from the reference server's TypeProto.

const KIND_OF_NAME = {
  INT64: "TYPE_INT64",
  FLOAT64: "TYPE_DOUBLE",
  BOOL: "TYPE_BOOL",
  STRING: "TYPE_STRING",
  BYTES: "TYPE_BYTES",
  DATE: "TYPE_DATE",
  DATETIME: "TYPE_DATETIME",
  TIME: "TYPE_TIME",
  TIMESTAMP: "TYPE_TIMESTAMP",
  NUMERIC: "TYPE_NUMERIC",
  BIGNUMERIC: "TYPE_BIGNUMERIC",
  JSON: "TYPE_JSON",
  INTERVAL: "TYPE_INTERVAL",
};
const NAME_OF_KIND = Object.fromEntries(Object.entries(KIND_OF_NAME).map(([name, kind]) => [kind, name]));

/** TypeProto to text. */
export function typeText(proto) {
  if (proto.typeKind === "TYPE_ARRAY") return `ARRAY<${typeText(proto.arrayType.elementType)}>`;
  if (proto.typeKind === "TYPE_STRUCT") {
    const fields = (proto.structType?.field ?? []).map((field) =>
      field.fieldName ? `${field.fieldName} ${typeText(field.fieldType)}` : typeText(field.fieldType),
    );
    return `STRUCT<${fields.join(", ")}>`;
  }
  return NAME_OF_KIND[proto.typeKind] ?? proto.typeKind;
}

/** Text to TypeProto. Type parameters, as in NUMERIC(10, 2), are dropped: the analyzer ignores them in a catalog. */
export function parseType(text) {
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|[<>,]|\([^)]*\)/g) ?? [];
  let position = 0;
  const peek = () => tokens[position];
  const take = (expected) => {
    const token = tokens[position++];
    if (expected !== undefined && token !== expected)
      throw new Error(`type ${text}: expected ${expected}, got ${token}`);
    return token;
  };
  const type = () => {
    const name = take()?.toUpperCase();
    if (name === "ARRAY") {
      take("<");
      const elementType = type();
      take(">");
      return { typeKind: "TYPE_ARRAY", arrayType: { elementType } };
    }
    if (name === "STRUCT") return struct();
    const typeKind = KIND_OF_NAME[name];
    if (typeKind === undefined) throw new Error(`type ${text}: unknown type ${name}`);
    if (peek()?.startsWith("(")) take();
    return { typeKind };
  };
  const struct = () => {
    const field = [];
    take("<");
    while (peek() !== ">") {
      const next = tokens[position + 1];
      const named = next !== undefined && /^[A-Za-z_]/.test(next);
      field.push(named ? { fieldName: take(), fieldType: type() } : { fieldType: type() });
      if (peek() === ",") take();
    }
    take(">");
    return { typeKind: "TYPE_STRUCT", structType: { field } };
  };
  const result = type();
  if (position !== tokens.length) throw new Error(`type ${text}: unexpected ${peek()}`);
  return result;
}
