import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprint2011 } from "./fingerprint.js";
import { biasOf } from "./registers.js";
import { downgraded, estimate, Gathered, parsed, placeOf, type Sketch, serialized } from "./sketch.js";

const hashes: bigint[] = [];

function hashOf(value: number): bigint {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  hashes[value] ??= fingerprint2011(bytes);
  return hashes[value];
}

/** A sketch of so many whole numbers behind one. */
function sketchOf(after: number, count: number, precision: number): Sketch {
  const gathered = new Gathered(precision);
  for (let i = 1; i <= count; i += 1) gathered.add(placeOf(hashOf(after + i), precision));
  return { count, valueType: 8, precision, content: gathered.content() };
}

function merged(a: Sketch, b: Sketch): Sketch {
  const precision = Math.min(a.precision, b.precision);
  const gathered = new Gathered(precision);
  for (const { content, precision: own } of [a, b])
    if ("registers" in content) gathered.addRegisters(content.registers, own);
    else for (const place of content.places) gathered.add(downgraded(place, own, precision));
  return { count: a.count + b.count, valueType: 8, precision, content: gathered.content() };
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

// Recorded from version 0.1.0 of https://github.com/google/zetasketch for the whole numbers from 1.
describe("sketches are those of zetasketch, byte for byte", () => {
  it.each<[precision: number, count: number, estimate: bigint, length: number, digest: string]>([
    [10, 1000, 1004n, 1044, "729693c50a73bc55"],
    [10, 5000, 5006n, 1044, "ec3b5794b1608368"],
    [10, 20000, 20271n, 1045, "ba7cbab3e0d7cd16"],
    [10, 100000, 100071n, 1045, "daa3326b7a19c477"],
    [11, 1000, 1006n, 1195, "19288afca16bd18b"],
    [11, 5000, 5037n, 2068, "257f5c9187bbedab"],
    [11, 20000, 20437n, 2069, "df07d05bfecf51a6"],
    [11, 100000, 101681n, 2069, "02142a669db19287"],
    [13, 1000, 1002n, 1673, "5845a52e7b786297"],
    [13, 5000, 5002n, 5569, "ae1f168e7aa51022"],
    [13, 20000, 20285n, 8213, "ef017038bec6e9e2"],
    [13, 100000, 99106n, 8213, "75fa64eb65fb6ea6"],
    [15, 1000, 1000n, 1950, "40424185e5e9f769"],
    [15, 5000, 5004n, 7913, "d967e64b3f34d374"],
    [15, 20000, 20002n, 22262, "96caa8f599e2734e"],
    [15, 100000, 99651n, 32791, "0af43badf46a0441"],
    [16, 1000, 1000n, 1997, "983bff45560d8d39"],
    [16, 5000, 5001n, 8852, "5c27b1609791d80c"],
    [16, 20000, 19993n, 26623, "946c599a79e34377"],
    [16, 100000, 100013n, 65559, "db6fd55e3ff98361"],
    [18, 1000, 1000n, 2184, "57683ddddcb9fd81"],
    [18, 5000, 5000n, 9782, "ba46be6a4f48240e"],
    [18, 20000, 19993n, 35499, "740e82e6b3b7158d"],
    [18, 100000, 100051n, 124907, "d6a844446974dd61"],
    [19, 1000, 1000n, 2415, "888b1a315e00b3f4"],
    [19, 5000, 5001n, 10030, "9c4f56eeb74b3d65"],
    [19, 20000, 20004n, 37861, "055773b0b675156e"],
    [19, 100000, 100033n, 149773, "d46689ddb8269cc3"],
    [21, 1000, 1000n, 2699, "e33f68a3569035a8"],
    [21, 5000, 5000n, 10734, "0a3ea83dbe2b1929"],
    [21, 20000, 20001n, 39918, "925a822f9453e53c"],
    [21, 100000, 100014n, 174807, "393163fbdf58fa18"],
    [24, 1000, 1000n, 3094, "60b79139975ede6a"],
    [24, 5000, 5000n, 13168, "73d8c0db76352233"],
    [24, 20000, 20001n, 48294, "3f6506c0f89c0a4a"],
    [24, 100000, 100014n, 214417, "dcf49b99b88f1319"],
  ])("of precision %i and %i values", (precision, count, expected, length, digest) => {
    const sketch = sketchOf(0, count, precision);
    const bytes = serialized(sketch);
    expect([estimate(sketch), bytes.length, digestOf(bytes)]).toEqual([expected, length, digest]);
    expect(serialized(parsed(bytes))).toEqual(bytes);
    // 5 times the standard error of 1.04 / sqrt(2^precision).
    expect(Math.abs(Number(expected) / count - 1)).toBeLessThan(5 * (1.04 / Math.sqrt(2 ** precision)) + 1 / count);
  });

  // The second one is of numbers behind half of the first ones.
  it.each<[p: number, q: number, n: number, m: number, estimate: bigint, length: number, digest: string]>([
    [10, 15, 100, 100000, 100071n, 1045, "cc8f3ccd5a36a7de"],
    [10, 15, 100000, 100, 100071n, 1045, "cc8f3ccd5a36a7de"],
    [10, 15, 100000, 200000, 246101n, 1045, "4093241bc8fa13e3"],
    [10, 15, 300, 300, 450n, 558, "3c95b8690ca89ab8"],
    [10, 15, 9000, 9000, 13718n, 1045, "2cf6002d498792fb"],
    [12, 15, 100, 100000, 99924n, 4117, "c50190190f8a3904"],
    [12, 15, 100000, 100, 99885n, 4117, "efec544fb50fb6b1"],
    [12, 15, 100000, 200000, 250799n, 4117, "c4d1da23b25ad77e"],
    [12, 15, 300, 300, 451n, 776, "b148dcd7067cae09"],
    [12, 15, 9000, 9000, 13608n, 4117, "5f050f39a6ac9a3f"],
    [15, 15, 100, 100000, 99669n, 32791, "7dbcd7a94ef33a5d"],
    [15, 15, 100000, 100, 99651n, 32791, "cf782480010e2606"],
    [15, 15, 100000, 200000, 251512n, 32791, "b2374d1209fddf16"],
    [15, 15, 300, 300, 450n, 920, "92170f2d81f0deec"],
    [15, 15, 9000, 9000, 13488n, 16543, "0fa1c7b4ed972766"],
    [14, 18, 100, 100000, 98708n, 16407, "d7d1202fd5390809"],
    [14, 18, 100000, 100, 98683n, 16407, "5df57fa92561324c"],
    [14, 18, 100000, 200000, 250099n, 16407, "2422aa4ea9f8e002"],
    [14, 18, 300, 300, 450n, 891, "8d4636b9bd069da4"],
    [14, 18, 9000, 9000, 13539n, 16407, "5b6cc7c8e4793b8a"],
    [11, 24, 100, 100000, 101762n, 2069, "c8dec94c388492d8"],
    [11, 24, 100000, 100, 101681n, 2069, "58ca44dbb96463bd"],
    [11, 24, 100000, 200000, 250214n, 2069, "cb8dada88c2c0486"],
    [11, 24, 300, 300, 452n, 666, "15fbe33f407d6e03"],
    [11, 24, 9000, 9000, 14045n, 2069, "74398c201822d8c4"],
  ])("of precisions %i and %i, %i and %i values, as one", (p, q, n, m, expected, length, digest) => {
    const [a, b] = [sketchOf(0, n, p), sketchOf(Math.floor(n / 2), m, q)];
    for (const sketch of [merged(a, b), { ...merged(b, a) }]) {
      const bytes = serialized(sketch);
      expect([estimate(sketch), bytes.length, digestOf(bytes)]).toEqual([expected, length, digest]);
    }
  });
});

describe("the bias of raw estimates", () => {
  // By hand, in the tests of zetasketch.
  it.each([
    [738.1256, 10, 737.1256],
    [14573.7784, 14, 9248.7784],
    [1490, 11, 1456.8144],
    [16300, 14, 8005.2257],
    [653_000, 17, -411.7805],
    [738, 10, 0],
    [1_310_000, 18, 0],
    [1000, 19, 0],
  ])("of %d at precision %i", (raw, precision, bias) => {
    expect(biasOf(raw, precision)).toBeCloseTo(bias, 3);
  });
});
