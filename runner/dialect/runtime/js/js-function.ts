import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  type DuckDBConnection,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  GEOMETRY,
  geometryValue,
  LIST,
  listValue,
  VARCHAR,
} from "@duckdb/node-api";

/** GoogleSQL's names of the types that JavaScript functions take and give, as JavaScript values. */
interface JsTypes {
  STRING: string;
  INT64: bigint;
  FLOAT64: number;
  BOOL: boolean;
  BYTES: Uint8Array;
  STRINGS: readonly (string | null)[];
  BLOBS: readonly (Uint8Array | null)[];
  INTS: readonly (bigint | null)[];
  FLOATS: readonly (number | null)[];
  /** Well-known binary. */
  GEOGRAPHY: Uint8Array;
  GEOGRAPHIES: readonly (Uint8Array | null)[];
}

export type TypeKey = keyof JsTypes;
type Arguments<P extends readonly TypeKey[]> = { [I in keyof P]: JsTypes[P[I]] };
type NullableArguments<P extends readonly TypeKey[]> = { [I in keyof P]: JsTypes[P[I]] | null };

/** A function of the `bq` library that SQL cannot express. It throws GoogleSQL's message where GoogleSQL fails. */
export interface JsFunction {
  readonly name: string;
  readonly parameters: readonly TypeKey[];
  readonly result: TypeKey;
  readonly call: (...args: never[]) => unknown;
  /** NULL for any NULL argument, without a call. */
  readonly strict: boolean;
}

const DUCKDB_TYPES: Readonly<Record<TypeKey, DuckDBType>> = {
  STRING: VARCHAR,
  INT64: BIGINT,
  FLOAT64: DOUBLE,
  BOOL: BOOLEAN,
  BYTES: BLOB,
  STRINGS: LIST(VARCHAR),
  BLOBS: LIST(BLOB),
  INTS: LIST(BIGINT),
  FLOATS: LIST(DOUBLE),
  GEOGRAPHY: GEOMETRY,
  GEOGRAPHIES: LIST(GEOMETRY),
};

/** A function that gives NULL for any NULL argument. */
export function strict<const P extends readonly TypeKey[], R extends TypeKey>(
  name: string,
  parameters: P,
  result: R,
  call: (...args: Arguments<P>) => JsTypes[R] | null,
): JsFunction {
  return { name, parameters, result, call: call as JsFunction["call"], strict: true };
}

/** A function that sees its NULL arguments. */
export function lenient<const P extends readonly TypeKey[], R extends TypeKey>(
  name: string,
  parameters: P,
  result: R,
  call: (...args: NullableArguments<P>) => JsTypes[R] | null,
): JsFunction {
  return { name, parameters, result, call: call as JsFunction["call"], strict: false };
}

/** Makes the function known to the database of the connection. */
export function registerJsFunction(connection: DuckDBConnection, fn: JsFunction): void {
  const call = fn.call as (...args: unknown[]) => unknown;
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: fn.name,
      parameterTypes: fn.parameters.map((type) => DUCKDB_TYPES[type]),
      returnType: DUCKDB_TYPES[fn.result],
      specialHandling: !fn.strict,
      mainFunction: (_info, input, output) => {
        const columns = fn.parameters.map((_, i) => input.getColumnVector(i));
        for (let row = 0; row < input.rowCount; row++) {
          const args = columns.map((column, i) => fromDuckdb(column.getItem(row), fn.parameters[i] as TypeKey));
          const missing = fn.strict && args.includes(null);
          output.setItem(row, missing ? null : toDuckdb(call(...args), fn.result));
        }
        output.flush();
      },
    }),
  );
}

function fromDuckdb(value: unknown, type: TypeKey): unknown {
  if (value === null || value === undefined) return null;
  switch (type) {
    case "BYTES":
    case "GEOGRAPHY":
      return (value as { bytes: Uint8Array }).bytes;
    case "STRINGS":
    case "INTS":
    case "FLOATS":
      return (value as { items: unknown[] }).items;
    case "BLOBS":
    case "GEOGRAPHIES":
      return (value as { items: ({ bytes: Uint8Array } | null)[] }).items.map((item) => item?.bytes ?? null);
    default:
      return value;
  }
}

function toDuckdb(value: unknown, type: TypeKey): DuckDBValue {
  if (value === null || value === undefined) return null;
  switch (type) {
    case "BYTES":
      return blobValue(value as Uint8Array);
    case "GEOGRAPHY":
      return geometryValue(value as Uint8Array);
    case "GEOGRAPHIES":
      return listValue((value as (Uint8Array | null)[]).map((item) => (item === null ? null : geometryValue(item))));
    case "STRINGS":
    case "INTS":
    case "FLOATS":
      return listValue(value as DuckDBValue[]);
    case "BLOBS":
      return listValue((value as (Uint8Array | null)[]).map((item) => (item === null ? null : blobValue(item))));
    default:
      return value as DuckDBValue;
  }
}
