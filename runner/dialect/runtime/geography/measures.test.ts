import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundingBox } from "./boxes.js";
import { edgeOf } from "./edges.js";
import { EMPTY, type Geography, type Position, UnsupportedGeography } from "./geography.js";
import { azimuth, clockwiseAngle, distance } from "./measures.js";
import { covers } from "./predicates.js";
import { Prepared } from "./prepared.js";
import { add, chord2, chordAngle, EARTH_RADIUS, positionOf, scale, unit, type Vector } from "./sphere.js";

/** Thousandths of degrees, most of them not next to each other. */
const degrees = (min: number, max: number) =>
  fc.integer({ min: Math.ceil(min * 1000), max: Math.floor(max * 1000) }).map((thousandths) => thousandths / 1000);
const place = fc.tuple(degrees(-170, 170), degrees(-80, 80)) as fc.Arbitrary<[number, number]>;
const near = fc.tuple(degrees(-9, 9), degrees(-9, 9)) as fc.Arbitrary<[number, number]>;

const lineOf = (...positions: Position[]): Prepared => new Prepared({ ...EMPTY, lines: [positions] });

/** What is refused is none of the cases. */
function certain<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    fc.pre(!(error instanceof UnsupportedGeography));
    throw error;
  }
}

/** Points of an edge, close to each other. */
function samples(from: Position, to: Position, count: number): Vector[] {
  const { a, b } = edgeOf(from, to);
  return Array.from({ length: count + 1 }, (_, i) => unit(add(scale(a, 1 - i / count), scale(b, i / count))));
}

const isLong = (from: Position, to: Position): boolean => Math.hypot(from[0] - to[0], from[1] - to[1]) > 0.01;

describe("measures", () => {
  it("give distances of lines that no two of their points are below, and that some come close to", () => {
    fc.assert(
      fc.property(near, near, near, near, (a, b, c, d) => {
        fc.pre(isLong(a, b) && isLong(c, d));
        const apart = certain(() => distance(lineOf(a, b), lineOf(c, d), "")) as number;
        const [one, other] = [samples(a, b, 40), samples(c, d, 40)];
        const sampled = Math.min(...one.flatMap((p) => other.map((q) => chordAngle(chord2(p, q)) * EARTH_RADIUS)));
        const step = (Math.hypot(a[0] - b[0], a[1] - b[1]) + Math.hypot(c[0] - d[0], c[1] - d[1])) * 3000;
        expect(apart).toBeLessThanOrEqual(sampled + 1e-3);
        expect(apart).toBeGreaterThanOrEqual(sampled - step);
      }),
      { numRuns: 200 },
    );
  });

  it("give the bearing of navigation, and angles that are differences of bearings", () => {
    const bearing = ([x1, y1]: Position, [x2, y2]: Position): number => {
      const [east, south, north] = [((x2 - x1) * Math.PI) / 180, (y1 * Math.PI) / 180, (y2 * Math.PI) / 180];
      const turn = Math.atan2(
        Math.sin(east) * Math.cos(north),
        Math.cos(south) * Math.sin(north) - Math.sin(south) * Math.cos(north) * Math.cos(east),
      );
      return (turn + 2 * Math.PI) % (2 * Math.PI);
    };
    /** Angles that are equal but for whole turns. */
    const differ = (one: number, other: number): number => Math.abs(Math.sin((one - other) / 2));
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        fc.pre(isLong(a, b) && isLong(b, c));
        expect(differ(azimuth(a, b) as number, bearing(a, b))).toBeLessThan(1e-9);
        const angle = clockwiseAngle(a, b, c) as number;
        expect(differ(angle, bearing(b, c) - bearing(b, a))).toBeLessThan(1e-9);
        expect(angle >= 0 && angle < 2 * Math.PI).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("give boxes that hold every point of an edge and no degree more", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        fc.pre(isLong(a, b) && Math.abs(Math.abs(a[0] - b[0]) - 180) > 5);
        const box = boundingBox([lineOf(a, b)]);
        const points = samples(a, b, 200).map(positionOf);
        const lats = points.map(([, lat]) => lat);
        expect(box?.ymax).toBeCloseTo(Math.max(...lats), 0);
        expect(box?.ymin).toBeCloseTo(Math.min(...lats), 0);
        expect(Math.max(...lats)).toBeLessThanOrEqual((box?.ymax ?? 0) + 1e-9);
        expect(Math.min(...lats)).toBeGreaterThanOrEqual((box?.ymin ?? 0) - 1e-9);
        const { xmin = 0, xmax = 0 } = box ?? {};
        expect(xmax - xmin).toBeLessThan(180);
        for (const [lng] of points)
          expect((((lng - xmin + 1e-9) % 360) + 360) % 360).toBeLessThanOrEqual(xmax - xmin + 2e-9);
      }),
      { numRuns: 200 },
    );
  });
});

it("covers says of points what it says of the triangle around them", () => {
  const triangle = ([x, y]: Position, size: number): Geography => ({
    ...EMPTY,
    polygons: [
      [
        [
          [x - size, y - size],
          [x + size, y - size],
          [x, y + size],
        ],
      ],
    ],
  });
  fc.assert(
    fc.property(near, degrees(0.01, 1), near, degrees(2, 9), (inner, small, outer, large) => {
      const [a, b] = [new Prepared(triangle(outer, large)), triangle(inner, small)];
      const corners = (b.polygons[0]?.[0] ?? []) as readonly Position[];
      const each = certain(() => corners.map((corner) => covers(a, new Prepared({ ...EMPTY, points: [corner] }), "")));
      // A triangle is convex: it holds another one if it holds its corners.
      expect(certain(() => covers(a, new Prepared(b), ""))).toBe(each.every(Boolean));
    }),
    { numRuns: 150 },
  );
});
