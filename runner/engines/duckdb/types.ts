import { rangeElement, type ScalarType, type SqlType, type StructField } from "../../port/sql-types.js";

const SCALARS: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ["BIGINT", "INT64"],
  ["HUGEINT", "INT64"],
  ["INTEGER", "INT64"],
  ["SMALLINT", "INT64"],
  ["TINYINT", "INT64"],
  ["UBIGINT", "INT64"],
  ["UINTEGER", "INT64"],
  ["DOUBLE", "FLOAT64"],
  ["FLOAT", "FLOAT64"],
  ["BOOLEAN", "BOOL"],
  ["VARCHAR", "STRING"],
  ["BLOB", "BYTES"],
  ["DATE", "DATE"],
  ["TIMESTAMP", "DATETIME"],
  ["TIME", "TIME"],
  ["TIMESTAMP WITH TIME ZONE", "TIMESTAMP"],
  ["TIMESTAMPTZ", "TIMESTAMP"],
  ["INTERVAL", "INTERVAL"],
  ["JSON", "JSON"],
  ["GEOMETRY", "GEOGRAPHY"],
]);

/** DuckDB's spelling of a GoogleSQL type, as the embedded warehouse stores it. */
export function duckdbType(type: SqlType): string {
  if (typeof type !== "string") {
    if (type.kind === "array") return `${duckdbType(type.element)}[]`;
    const fields = type.fields.map(
      (field, index) => `"${(field.name ?? `_field_${index + 1}`).replaceAll('"', '""')}" ${duckdbType(field.type)}`,
    );
    return `STRUCT(${fields.join(", ")})`;
  }
  switch (type) {
    case "INT64":
      return "BIGINT";
    case "FLOAT64":
      return "DOUBLE";
    case "NUMERIC":
      return "DECIMAL(38,9)";
    case "BIGNUMERIC":
      return "DECIMAL(38,18)";
    case "BOOL":
      return "BOOLEAN";
    case "STRING":
      return "VARCHAR";
    case "BYTES":
      return "BLOB";
    case "DATETIME":
      return "TIMESTAMP";
    case "TIMESTAMP":
      return "TIMESTAMPTZ";
    case "RANGE<DATE>":
    case "RANGE<DATETIME>":
    case "RANGE<TIMESTAMP>": {
      const element = duckdbType(rangeElement(type) as ScalarType);
      return `STRUCT("_range_start" ${element}, "_range_end" ${element})`;
    }
    case "GEOGRAPHY":
      return "GEOMETRY";
    default:
      return type;
  }
}

/** The GoogleSQL type of a DuckDB column type as `duckdb_columns()` spells it; undefined: no such type in GoogleSQL. */
export function googleType(text: string): SqlType | undefined {
  const parser = new TypeText(text);
  const type = parser.type();
  return parser.atEnd() ? type : undefined;
}

class TypeText {
  #at = 0;

  constructor(readonly text: string) {}

  atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  type(): SqlType | undefined {
    let type = this.#base();
    while (type !== undefined && this.text.startsWith("[]", this.#at)) {
      this.#at += 2;
      type = { kind: "array", element: type };
    }
    return type;
  }

  #base(): SqlType | undefined {
    if (this.text.startsWith("STRUCT(", this.#at)) return this.#struct();
    const decimal = /^DECIMAL\(\d+,(\d+)\)/.exec(this.text.slice(this.#at));
    if (decimal) {
      this.#at += decimal[0].length;
      return Number(decimal[1]) <= 9 ? "NUMERIC" : "BIGNUMERIC";
    }
    const word = /^[A-Z][A-Z ]*[A-Z]/.exec(this.text.slice(this.#at))?.[0];
    if (word === undefined) return undefined;
    this.#at += word.length;
    return SCALARS.get(word);
  }

  #struct(): SqlType | undefined {
    this.#at += "STRUCT(".length;
    const fields: StructField[] = [];
    while (!this.atEnd()) {
      const name = this.#fieldName();
      this.#at += 1;
      const type = this.type();
      if (type === undefined) return undefined;
      fields.push({ name: /^_field_\d+$/.test(name) ? undefined : name, type });
      const separator = this.text[this.#at];
      this.#at += separator === "," ? 2 : 1;
      if (separator === ")") return rangeOf(fields) ?? { kind: "struct", fields };
    }
    return undefined;
  }

  #fieldName(): string {
    const quoted = /^"((?:[^"]|"")*)"/.exec(this.text.slice(this.#at));
    if (quoted) {
      this.#at += quoted[0].length;
      return (quoted[1] ?? "").replaceAll('""', '"');
    }
    const plain = /^[^ ]+/.exec(this.text.slice(this.#at))?.[0] ?? "";
    this.#at += plain.length;
    return plain;
  }
}

/** Two ends by the names that only a range has. */
function rangeOf([start, end, ...more]: readonly StructField[]): SqlType | undefined {
  if (start?.name !== "_range_start" || end?.name !== "_range_end" || more.length > 0) return undefined;
  return `RANGE<${start.type as "DATE" | "DATETIME" | "TIMESTAMP"}>`;
}
