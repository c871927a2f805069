import { type Box, boundingBox } from "./boxes.js";
import { edgeOf, side } from "./edges.js";
import { EMPTY, type Geography, type Position, UnsupportedGeography } from "./geography.js";
import { Prepared } from "./prepared.js";
import { cross, dot, inCellOrder, length, unit, type Vector, vectorOf } from "./sphere.js";

const NAME = "ST_CONVEXHULL";

/** Sines of angles below this are no turn that both sides would see. */
const FLAT = 1e-12;

/** A vector that is at right angles to the given one, chosen as S2 does. */
function orthogonal([x, y, z]: Vector): Vector {
  const [a, b, c] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  const largest = a > b ? (a > c ? 0 : 2) : b > c ? 1 : 2;
  const axis: [number, number, number] = [0.012, 0.0053, 0.00457];
  axis[(largest + 2) % 3] = 1;
  return unit(cross([x, y, z], axis));
}

/** Left, right or in line, for points that are far enough from being in line. */
function turn(a: Position, b: Position, c: Position): number {
  const off = side(edgeOf(a, b), vectorOf(c));
  if (Math.abs(off) < FLAT) throw new UnsupportedGeography(`${NAME} of points in line`);
  return off;
}

/**
 * The smallest convex polygon around all vertices, by Andrew's algorithm as in S2: points in order around one outside, then the two chains.
 * https://github.com/google/s2geometry, S2ConvexHullQuery
 */
export function convexHull(prepared: Prepared): Geography | null {
  const { points, lines, polygons } = prepared.geography;
  const all = [...points, ...lines.flat(), ...polygons.flat(2)];
  const vertices = inCellOrder([...new Map(all.map((position) => [String(position), position])).values()]);
  if (vertices.length === 0) return null;
  if (vertices.length < 3) throw new UnsupportedGeography(`${NAME} of fewer than three points`);
  // The point outside follows from a box, and nobody says whether edges count for it as well.
  const boxes = [prepared, new Prepared({ ...EMPTY, points: vertices })].map((of) => boundingBox([of]) as Box);
  const [ring, other] = boxes.map((box) => hullAround(vertices, outside(box)));
  if (ring === undefined || String(ring) !== String(other))
    throw new UnsupportedGeography(`${NAME} whose first vertex is not certain`);
  return { ...EMPTY, polygons: [[ring]] };
}

/** A point away from all that is in the box. */
function outside({ xmin, ymin, xmax, ymax }: Box): Vector {
  if (xmax - xmin > 90 || ymax > 80 || ymin < -80)
    throw new UnsupportedGeography(`${NAME} of what is near a pole or spans 90 degrees`);
  return orthogonal(vectorOf([(xmin + xmax) / 2, (ymin + ymax) / 2]));
}

function hullAround(vertices: readonly Position[], origin: Vector): Position[] {
  const around = (a: Position, b: Position): number => {
    const off = dot(cross(origin, vectorOf(a)), vectorOf(b)) / length(cross(vectorOf(a), vectorOf(b)));
    if (Math.abs(off) < FLAT) throw new UnsupportedGeography(`${NAME} of points in line`);
    return off > 0 ? -1 : 1;
  };
  const sorted = [...vertices].sort(around);
  const ring = [...chain(sorted).slice(0, -1), ...chain([...sorted].reverse()).slice(0, -1)];
  if (ring.length < 3) throw new UnsupportedGeography(`${NAME} of points in line`);
  return ring;
}

/** The points in order without those at which the way would turn right. */
function chain(sorted: readonly Position[]): Position[] {
  const kept: Position[] = [];
  for (const position of sorted) {
    while (kept.length >= 2 && turn(kept.at(-2) as Position, kept.at(-1) as Position, position) <= 0) kept.pop();
    kept.push(position);
  }
  return kept;
}
