import { BIGINT, BLOB, type DuckDBConnection, DuckDBScalarFunction, type DuckDBType, VARCHAR } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { type Hasher, HEADERS, OFFSETS, OUTPUT, sharedHasher, TEXT, VECTOR_ROWS } from "./farm-fingerprint.js";

/** Strings up to this length lie inside their 16-byte header (DuckDB's string_t), longer ones behind its pointer. */
const INLINE_LENGTH = 12;
/** Once this much text is copied it is hashed, so that the memory stays small however long the strings are. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** A run of strings that lie exactly side by side in DuckDB's memory: one copy fetches all. */
interface Run {
  /** Index of the row whose string starts at the run's lowest address. */
  lowestRow: number;
  /** Address of the first byte, and of the byte after the last. */
  start: number;
  end: number;
}

/**
 * Fingerprints of one vector of VARCHAR or BLOB.
 *
 * Fetching strings one by one costs far more than hashing them. DuckDB lays the strings of a vector side by side (upwards in a computed
 * vector, downwards in a stored segment), so neighbours are joined into runs and each run is fetched with one call. Only bytes that belong
 * to the strings are read; where nothing is adjacent every string is a run of its own.
 */
function fingerprintVector(hasher: Hasher, headers: Uint8Array, validity: Uint8Array | null, rows: number): void {
  // The binding reads the pointer out of this copy's original, which stays valid during the call.
  hasher.bytes.set(headers, HEADERS);
  const headerWord = HEADERS / 4;
  const offsetWord = OFFSETS / 4;
  const isNull = (row: number) => validity !== null && ((validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0;

  let text = TEXT;
  let batchStart = 0;
  let run: Run | undefined;
  let runRows: number[] = [];
  let runAddresses: number[] = [];

  const fetchRun = () => {
    if (run === undefined) return;
    const length = run.end - run.start;
    hasher.reserve(text + length + 8);
    const pointerOffset = headers.byteOffset + run.lowestRow * 16 + 8;
    hasher.bytes.set(duckdb.get_data_from_pointer(headers.buffer as ArrayBuffer, pointerOffset, length), text);
    for (let i = 0; i < runRows.length; i++) {
      hasher.words[offsetWord + runRows[i]!] = text + runAddresses[i]! - run.start;
    }
    text += length;
    run = undefined;
    runRows = [];
    runAddresses = [];
  };
  const hashBatch = (end: number) => {
    fetchRun();
    hasher.module.fingerprintMany(
      HEADERS + batchStart * 16,
      OFFSETS + batchStart * 4,
      OUTPUT + batchStart * 8,
      end - batchStart,
    );
    batchStart = end;
    text = TEXT;
  };

  for (let row = 0; row < rows; row++) {
    if (isNull(row)) {
      hasher.words[offsetWord + row] = 0;
      continue;
    }
    const length = hasher.words[headerWord + row * 4]!;
    if (length <= INLINE_LENGTH) {
      hasher.words[offsetWord + row] = HEADERS + row * 16 + 4;
      continue;
    }
    // A user-space address has at most 57 bits and in practice 48: exact as a number. A wider one only breaks a run.
    const address = hasher.words[headerWord + row * 4 + 2]! + hasher.words[headerWord + row * 4 + 3]! * 2 ** 32;
    if (run !== undefined && run.end === address) {
      run.end += length;
    } else if (run !== undefined && address + length === run.start) {
      run.start = address;
      run.lowestRow = row;
    } else if (run === undefined || address < run.start || address + length > run.end) {
      // (A string inside the run is a repeated value and needs no fetch.)
      fetchRun();
      if (text - TEXT > BATCH_BYTES) hashBatch(row);
      run = { lowestRow: row, start: address, end: address + length };
    }
    runRows.push(row);
    runAddresses.push(address);
    if (run.end - run.start > BATCH_BYTES) hashBatch(row + 1);
  }
  hashBatch(rows);
}

function createFunction(parameterType: DuckDBType): DuckDBScalarFunction {
  const scalarFunction = DuckDBScalarFunction.create({
    name: "farm_fingerprint",
    parameterTypes: [parameterType],
    returnType: BIGINT,
    mainFunction: () => {},
  });
  // The raw callback: node-api's own wraps both vectors in objects that decode and encode every value.
  duckdb.scalar_function_set_function(scalarFunction.scalar_function, (_info, input, output) => {
    const rows = duckdb.data_chunk_get_size(input);
    if (rows > VECTOR_ROWS)
      throw new Error(`farm_fingerprint: a vector of ${rows} rows, expected at most ${VECTOR_ROWS}`);
    const vector = duckdb.data_chunk_get_vector(input, 0);
    const validityBytes = Math.ceil(rows / 64) * 8;
    const validity = (duckdb.vector_get_validity(vector, validityBytes) as Uint8Array | null | undefined) ?? null;
    const hasher = sharedHasher();
    fingerprintVector(hasher, duckdb.vector_get_data(vector, rows * 16), validity, rows);
    duckdb.copy_data_to_vector(output, 0, hasher.module.memory.buffer, OUTPUT, rows * 8);
    if (validity !== null) {
      duckdb.vector_ensure_validity_writable(output);
      duckdb.copy_data_to_vector_validity(
        output,
        0,
        validity.buffer as ArrayBuffer,
        validity.byteOffset,
        validityBytes,
      );
    }
  });
  return scalarFunction;
}

/** Registers `farm_fingerprint(VARCHAR)` and `farm_fingerprint(BLOB)`, both BIGINT, NULL for NULL. */
export function registerFarmFingerprint(connection: DuckDBConnection): void {
  for (const parameterType of [VARCHAR, BLOB]) connection.registerScalarFunction(createFunction(parameterType));
}
