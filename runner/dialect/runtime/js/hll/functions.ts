import { type JsFunction, lenient } from "../js-function.js";
import { fingerprint2011 } from "./fingerprint.js";
import { downgraded, estimate, Gathered, isPrecision, parsed, placeOf, type Sketch, serialized } from "./sketch.js";

/** DefaultOpsType of INT64 and of texts, as the service writes it. */
const UINT64 = 8;
const TEXT = 11;

function init(values: readonly Uint8Array[], precision: bigint, valueType: number): Uint8Array | null {
  if (!isPrecision(precision)) throw new Error(`HLL_COUNT precision must be between 10 and 24, but is ${precision}`);
  if (values.length === 0) return null;
  const gathered = new Gathered(Number(precision));
  for (const value of values) gathered.add(placeOf(fingerprint2011(value), gathered.precision));
  return serialized({
    count: values.length,
    valueType,
    precision: gathered.precision,
    content: gathered.content(),
  });
}

function bytesOfInt(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}

/** Several sketches as one, of the lowest precision among them. */
function merged(sketches: readonly Uint8Array[]): Sketch | undefined {
  const [first, ...more] = sketches.map(parsed);
  if (first === undefined) return undefined;
  if (more.some(({ valueType }) => valueType !== first.valueType))
    throw new Error("HLL_COUNT cannot merge sketches of values of different types");
  const all = [first, ...more];
  const precision = Math.min(...all.map((sketch) => sketch.precision));
  const gathered = new Gathered(precision);
  for (const { content, precision: own } of all)
    if ("registers" in content) gathered.addRegisters(content.registers, own);
    else for (const place of content.places) gathered.add(downgraded(place, own, precision));
  const count = all.reduce((sum, sketch) => sum + sketch.count, 0);
  return { count, valueType: first.valueType, precision, content: gathered.content() };
}

const present = <T>(values: readonly (T | null)[] | null): readonly T[] =>
  (values ?? []).filter((value) => value !== null);

/** HLL_COUNT; the values of an aggregate come as a list. */
export const HLL_JS_FUNCTIONS: readonly JsFunction[] = [
  lenient("bq_hll_of_ints", ["INTS", "INT64"], "BYTES", (values, precision) =>
    init(present(values).map(bytesOfInt), precision ?? 0n, UINT64),
  ),
  lenient("bq_hll_of_bytes", ["BLOBS", "INT64"], "BYTES", (values, precision) =>
    init(present(values), precision ?? 0n, TEXT),
  ),
  lenient("bq_hll_extract", ["BYTES"], "INT64", (sketch) => (sketch === null ? 0n : estimate(parsed(sketch)))),
  lenient("bq_hll_merge", ["BLOBS"], "INT64", (sketches) => {
    const sketch = merged(present(sketches));
    return sketch === undefined ? 0n : estimate(sketch);
  }),
  lenient("bq_hll_merge_partial", ["BLOBS"], "BYTES", (sketches) => {
    const sketch = merged(present(sketches));
    return sketch === undefined ? null : serialized(sketch);
  }),
];
