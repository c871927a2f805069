import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { build } from "./build.js";
import { UnsupportedGeography } from "./geography.js";
import { area } from "./measures.js";
import { type Operation, overlay, unionOf } from "./overlay.js";
import { covers, intersects } from "./predicates.js";
import { Prepared } from "./prepared.js";
import { readWkt, wktText } from "./wkt.js";

const geography = (wkt: string): Prepared =>
  new Prepared(build(readWkt(wkt), { name: "ST_GeogFromText", oriented: false }));

/** What is refused is none of the cases. */
function of(operation: Operation, a: Prepared, b: Prepared): Prepared {
  try {
    return new Prepared(overlay(operation, a, b));
  } catch (error) {
    fc.pre(!(error instanceof UnsupportedGeography));
    throw error;
  }
}

/** A polygon around a place, its corners at rising angles. */
const polygon = fc
  .record({
    x: fc.double({ min: -3, max: 3, noNaN: true }),
    y: fc.double({ min: -3, max: 3, noNaN: true }),
    radii: fc.array(fc.double({ min: 1, max: 6, noNaN: true }), { minLength: 3, maxLength: 9 }),
  })
  .map(({ x, y, radii }) => {
    const corners = radii.map((radius, i) => {
      const angle = (2 * Math.PI * (i + 0.3)) / radii.length;
      return `${x + radius * Math.cos(angle)} ${y + radius * Math.sin(angle)}`;
    });
    return `POLYGON((${[...corners, corners[0]].join(", ")}))`;
  });

describe("union, intersection and difference of polygons", () => {
  it("have the areas that belong together, and the places that sets have", () => {
    fc.assert(
      fc.property(polygon, polygon, (first, second) => {
        const [a, b] = [geography(first), geography(second)];
        const [union, intersection, rest] = [of("UNION", a, b), of("INTERSECTION", a, b), of("DIFFERENCE", a, b)];
        const whole = area(a) + area(b);
        expect(area(union) + area(intersection)).toBeCloseTo(whole, -1);
        expect(area(rest)).toBeCloseTo(area(a) - area(intersection), -1);
        expect(area(of("DIFFERENCE", b, a))).toBeCloseTo(area(union) - area(a), -1);
        expect(wktText(overlay("INTERSECTION", a, b)).length > 30).toBe(intersects(a, b, ""));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [
      "UNION",
      "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0))",
      "POLYGON((2 2, 3 2, 3 3, 2 2))",
      "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0))",
    ],
    [
      "INTERSECTION",
      "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0))",
      "POLYGON((2 2, 3 2, 3 3, 2 2))",
      "POLYGON((2 2, 3 2, 3 3, 2 2))",
    ],
    ["DIFFERENCE", "POLYGON((2 2, 3 2, 3 3, 2 2))", "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0))", "GEOMETRYCOLLECTION EMPTY"],
    ["INTERSECTION", "POLYGON((0 0, 1 0, 1 1, 0 0))", "POLYGON((5 5, 6 5, 6 6, 5 5))", "GEOMETRYCOLLECTION EMPTY"],
    ["DIFFERENCE", "POLYGON((0 0, 1 0, 1 1, 0 0))", "POLYGON((0 0, 1 0, 1 1, 0 0))", "GEOMETRYCOLLECTION EMPTY"],
    ["DIFFERENCE", "MULTIPOINT(1 1, 8 8)", "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", "POINT(8 8)"],
    ["INTERSECTION", "LINESTRING(-1 0, 1 0)", "LINESTRING(0 -1, 0 1)", "POINT(0 0)"],
    ["UNION", "POINT(1 1)", "LINESTRING(3 3, 4 4)", "GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(3 3, 4 4))"],
  ] as const)("%s of what is nested, apart or equal", (operation, a, b, result) => {
    expect(wktText(overlay(operation, geography(a), geography(b)))).toBe(result);
  });

  it.each([
    ["INTERSECTION", "POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))", "POLYGON((1 0, 2 0, 2 1, 1 1, 1 0))"],
    ["UNION", "POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))", "POLYGON((1 1, 2 1, 2 2, 1 2, 1 1))"],
    ["UNION", "POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))", "POLYGON((1 0, 3 0, 3 -2, 1 0))"],
    ["UNION", "LINESTRING(0 0, 2 2)", "LINESTRING(0 2, 2 0)"],
    ["INTERSECTION", "LINESTRING(0 0, 2 2)", "LINESTRING(0 2, 2 2)"],
  ] as const)("%s is refused where boundaries touch or lines meet", (operation, a, b) => {
    expect(() => overlay(operation, geography(a), geography(b))).toThrow(UnsupportedGeography);
  });

  it("cut lines where their great circle has the longitude of the meridian that cuts them", () => {
    const radians = Math.PI / 180;
    /** Latitude on the geodesic from (1, 1) to (8, 1), whose summit is half-way. */
    const latitude = (lng: number): number =>
      Math.atan((Math.tan(radians) * Math.cos((lng - 4.5) * radians)) / Math.cos(3.5 * radians)) / radians;
    const [line, box] = [geography("LINESTRING(1 1, 8 1)"), geography("POLYGON((2 0, 4 0, 4 4, 2 4, 2 0))")];
    const inside = overlay("INTERSECTION", line, box).lines;
    expect(inside.map((path) => path.map(([lng]) => Math.round(lng * 1e9) / 1e9))).toEqual([[2, 4]]);
    for (const [lng, lat] of inside.flat()) expect(lat).toBeCloseTo(latitude(lng), 12);
    const outside = overlay("DIFFERENCE", line, box).lines;
    expect(outside).toEqual([
      [[1, 1], inside[0]?.[0]],
      [inside[0]?.[1], [8, 1]],
    ]);
  });

  it("take more than two where they lie apart", () => {
    const apart = ["POINT(9 9)", "POLYGON((0 0, 1 0, 1 1, 0 0))", "POINT(5 5)"].map(geography);
    expect(wktText(unionOf(apart))).toBe("GEOMETRYCOLLECTION(MULTIPOINT(5 5, 9 9), POLYGON((0 0, 1 0, 1 1, 0 0)))");
    expect(() => unionOf([...apart, geography("POINT(0.5 0.25)")])).toThrow(UnsupportedGeography);
  });
});

describe("predicates", () => {
  it("refuse to say whether a point lies on an edge, and say it of vertices", () => {
    const line = geography("LINESTRING(0 0, 4 0)");
    expect(() => intersects(line, geography("POINT(1 0)"), "ST_INTERSECTS")).toThrow(
      "ST_INTERSECTS of geographies that touch at no vertex of both is not supported by the embedded engine",
    );
    expect(intersects(line, geography("POINT(4 0)"), "")).toBe(true);
    expect(intersects(line, geography("POINT(1 0.0000001)"), "")).toBe(false);
  });

  it("see holes", () => {
    const ring = geography("POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (3 3, 6 3, 6 6, 3 6, 3 3))");
    expect(covers(ring, geography("POINT(4 4)"), "")).toBe(false);
    expect(covers(ring, geography("POLYGON((1 1, 8 1, 8 8, 1 8, 1 1))"), "")).toBe(false);
    expect(covers(ring, geography("POLYGON((3 3, 6 3, 6 6, 3 6, 3 3))"), "")).toBe(false);
    expect(covers(ring, geography("POLYGON((1 1, 2 1, 2 2, 1 1))"), "")).toBe(true);
    expect(intersects(ring, geography("POLYGON((4 4, 5 4, 5 5, 4 4))"), "")).toBe(false);
  });
});
