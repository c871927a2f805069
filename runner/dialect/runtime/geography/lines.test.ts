import { describe, expect, it } from "vitest";
import { build } from "./build.js";
import { type Geography, UnsupportedGeography } from "./geography.js";
import { closestPoint } from "./lines.js";
import { distance } from "./measures.js";
import { Prepared } from "./prepared.js";
import { simplified } from "./simplify.js";
import { readWkt, wktText } from "./wkt.js";

const shape = (wkt: string): Geography => build(readWkt(wkt), { name: "ST_GeogFromText", oriented: false });
const geography = (wkt: string): Prepared => new Prepared(shape(wkt));

describe("ST_CLOSESTPOINT", () => {
  it.each([
    ["LINESTRING(0 0, 10 0)", "POINT(3 5)", "POINT(3 0)"],
    ["LINESTRING(0 0, 10 0)", "POINT(-3 1)", "POINT(0 0)"],
    ["POINT(5 5)", "LINESTRING(0 0, 10 0)", "POINT(5 5)"],
    ["LINESTRING(0 0, 0 9)", "POLYGON((2 3, 4 1, 4 5, 2 3))", undefined],
  ])("of %s to %s", (a, b, answer) => {
    const found = closestPoint(geography(a), geography(b)) as Geography;
    if (answer !== undefined) expect(wktText(found)).toBe(answer);
    const apart = distance(geography(a), geography(b), "") as number;
    expect(distance(new Prepared(found), geography(b), "")).toBeCloseTo(apart, 6);
  });

  it("is refused where two points are as near, and where the geographies meet", () => {
    for (const [a, b] of [
      ["MULTIPOINT(-1 0, 1 0)", "POINT(0 0)"],
      ["LINESTRING(0 0, 2 2)", "LINESTRING(0 2, 2 0)"],
    ] as const)
      expect(() => closestPoint(geography(a), geography(b))).toThrow(UnsupportedGeography);
  });
});

describe("ST_SIMPLIFY", () => {
  it.each([
    ["LINESTRING(0 0, 1 0.001, 2 0, 3 0.5, 4 0)", 1000, "LINESTRING(0 0, 2 0, 3 0.5, 4 0)"],
    ["LINESTRING(0 0, 1 0.001, 2 0)", 0, "LINESTRING(0 0, 1 0.001, 2 0)"],
    ["LINESTRING(0 0, 1 0.001, 2 0)", 10, "LINESTRING(0 0, 1 0.001, 2 0)"],
    ["MULTIPOINT(0 0, 1 1)", 1000, "MULTIPOINT(0 0, 1 1)"],
  ])("%s by %d meters", (wkt, tolerance, result) => {
    expect(wktText(simplified(shape(wkt), tolerance))).toBe(result);
  });

  it.each([
    ["LINESTRING(0 0, 0.001 0, 1 0)", 1000],
    ["LINESTRING(0 0, 1 0, 1 1, 0 1, 0 0.001)", 1000],
    ["POLYGON((0 0, 0.1 0, 0.1 0.1, 0 0))", 10000],
    ["MULTIPOINT(0 0, 0.001 0)", 1000],
  ])("%s by %d meters is refused, where vertices would be snapped together", (wkt, tolerance) => {
    expect(() => simplified(shape(wkt), tolerance)).toThrow(UnsupportedGeography);
  });
});
