import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundingBox, intersectsBox } from "./boxes.js";
import { build } from "./build.js";
import { UnsupportedGeography } from "./geography.js";
import { intersects } from "./predicates.js";
import { Prepared } from "./prepared.js";
import { readWkt } from "./wkt.js";

const geography = (wkt: string): Prepared =>
  new Prepared(build(readWkt(wkt), { name: "ST_GeogFromText", oriented: false }));

/** Thousandths of degrees, most of them not next to each other. */
const degrees = (min: number, max: number) =>
  fc.integer({ min: Math.ceil(min * 1000), max: Math.floor(max * 1000) }).map((thousandths) => thousandths / 1000);

function certain(answer: () => boolean): boolean {
  try {
    return answer();
  } catch (error) {
    fc.pre(!(error instanceof UnsupportedGeography));
    throw error;
  }
}

/** Of the box as a polygon whose parallels are chains of short edges: as good as the box to a hundredth of a degree. */
function meets(line: Prepared, west: number, south: number, east: number, north: number): boolean {
  const steps = Array.from({ length: 17 }, (_, i) => west + ((east - west) * i) / 16);
  const corners = [...steps.map((lng) => [lng, south]), ...steps.reverse().map((lng) => [lng, north])];
  const polygon = `POLYGON((${[...corners, [west, south]].map((corner) => corner.join(" ")).join(", ")}))`;
  return intersects(line, geography(polygon), "");
}

describe("boxes of constant longitudes and latitudes", () => {
  it("meet lines as the polygon of their sides does", () => {
    const end = fc.tuple(degrees(-40, 40), degrees(-60, 60));
    const box = fc.tuple(degrees(-30, -5), degrees(-50, 0), degrees(5, 30), degrees(5, 50));
    fc.assert(
      fc.property(end, end, box, (from, to, [west, south, east, north]) => {
        fc.pre(Math.hypot(from[0] - to[0], from[1] - to[1]) > 1);
        const line = geography(`LINESTRING(${from.join(" ")}, ${to.join(" ")})`);
        // What is refused is none of the cases.
        const smaller = certain(() => meets(line, west + 0.05, south + 0.05, east - 0.05, north - 0.05));
        const larger = certain(() => meets(line, west - 0.05, south - 0.05, east + 0.05, north + 0.05));
        fc.pre(smaller === larger);
        expect(certain(() => intersectsBox(line, [west, south, east, north]))).toBe(smaller);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))", [1, 1, 2, 2], true],
    ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (3 3, 6 3, 6 6, 3 6, 3 3))", [4, 4, 5, 5], false],
    ["POLYGON((170 0, -170 0, -170 4, 170 4, 170 0))", [175, 1, -175, 2], true],
    ["POLYGON((170 0, -170 0, -170 4, 170 4, 170 0))", [-175, 1, 175, 2], true],
    ["POLYGON((170 0, -170 0, -170 4, 170 4, 170 0))", [-165, 1, 165, 2], false],
    ["LINESTRING(-40 60, 40 60)", [-1, 66, 1, 67], true],
    ["LINESTRING(-40 60, 40 60)", [-1, 61, 1, 62], false],
  ] as const)("%s and %j", (wkt, box, answer) => {
    expect(intersectsBox(geography(wkt), box)).toBe(answer);
  });

  it("are as high as the summit of an edge, and all around where they hold a pole", () => {
    const { ymax = 0 } = boundingBox([geography("LINESTRING(-40 60, 40 60)")]) ?? {};
    expect(ymax).toBeCloseTo((Math.atan(Math.tan(Math.PI / 3) / Math.cos((40 * Math.PI) / 180)) * 180) / Math.PI, 9);
    expect(boundingBox([geography("POLYGON((0 70, 90 70, 180 70, -90 70, 0 70))")])).toEqual({
      xmin: -180,
      ymin: 70,
      xmax: 180,
      ymax: 90,
    });
  });
});
