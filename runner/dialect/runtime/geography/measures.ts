import { chord2ToEdge, type Edge } from "./edges.js";
import {
  EMPTY,
  type Geography,
  isEmpty,
  type Position,
  pointOf,
  samePosition,
  UnsupportedGeography,
} from "./geography.js";
import { intersects } from "./predicates.js";
import type { Prepared } from "./prepared.js";
import {
  add,
  angle,
  chord2,
  chordAngle,
  cross,
  dot,
  EARTH_RADIUS,
  length,
  loopArea,
  loopCentroid,
  positionOf,
  scale,
  subtract,
  type Vector,
  vectorOf,
} from "./sphere.js";

/** Measures in meters and square meters on the sphere. */

const meters = (square: number): number => chordAngle(square) * EARTH_RADIUS;

function edgeLengths(edges: readonly Edge[]): number {
  return edges.reduce((sum, { a, b }) => sum + angle(a, b), 0);
}

/** The length of the lines. */
export const lineLength = (geography: Prepared): number =>
  geography.lines.reduce((sum, edges) => sum + edgeLengths(edges) * EARTH_RADIUS, 0);

/** The length of the boundaries of the polygons. */
export const perimeter = (geography: Prepared): number =>
  geography.rings.flat().reduce((sum, edges) => sum + edgeLengths(edges) * EARTH_RADIUS, 0);

export function area(geography: Prepared): number {
  const radians = geography.loops.map(({ shell, holes }) =>
    holes.reduce((sum, hole) => sum - loopArea(hole), loopArea(shell)),
  );
  return radians.reduce((sum, part) => sum + part, 0) * EARTH_RADIUS ** 2;
}

/** The center of mass of the parts of the highest dimension; the empty geography of empty ones. */
export function centroidOf(geographies: readonly Prepared[]): Geography {
  if (geographies.every(({ geography }) => isEmpty(geography))) return EMPTY;
  const center = geographies.map(centroidSum).reduce(add);
  if (length(center) < 1e-12) throw new UnsupportedGeography("ST_CENTROID at the center of the Earth");
  return pointOf(positionOf(center));
}

/** Of points the sum, of lines and polygons the integral of the position. */
function centroidSum({ loops, lineEdges, points, geography }: Prepared): Vector {
  const zero: Vector = [0, 0, 0];
  if (geography.polygons.length > 0) {
    return loops
      .map(({ shell, holes }) => holes.reduce((sum, hole) => subtract(sum, loopCentroid(hole)), loopCentroid(shell)))
      .reduce(add, zero);
  }
  if (lineEdges.length > 0) {
    return lineEdges
      .map(({ a, b }) => scale(add(a, b), Math.sqrt(chord2(a, b) / dot(add(a, b), add(a, b)))))
      .reduce(add, zero);
  }
  return points.map(({ vector }) => vector).reduce(add, zero);
}

/** The shortest distance; NULL where one is empty. */
export function distance(a: Prepared, b: Prepared, name: string): number | null {
  if (isEmpty(a.geography) || isEmpty(b.geography)) return null;
  if (intersects(a, b, name)) return 0;
  return meters(least(a, b));
}

/** The least square of a chord between them. */
function least(a: Prepared, b: Prepared): number {
  let best = 4;
  const ends = (prepared: Prepared): readonly Vector[] => [
    ...prepared.points.map(({ vector }) => vector),
    ...prepared.edges.flatMap((edge) => [edge.a, edge.b]),
  ];
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const points = other.points.map(({ vector }) => vector);
    for (const end of ends(one)) {
      for (const point of points) best = Math.min(best, chord2(end, point));
      for (const edge of other.edges) {
        // No point of the edge is nearer than its middle less its reach.
        const apart = Math.sqrt(chord2(end, edge.middle)) - edge.reach;
        if (apart < 0 || apart * apart <= best) best = Math.min(best, chord2ToEdge(end, edge));
      }
    }
  }
  return best;
}

/** The longest distance between a vertex of one and a vertex of the other. */
export function maxDistance(a: Prepared, b: Prepared): number | null {
  if (isEmpty(a.geography) || isEmpty(b.geography)) return null;
  let most = 0;
  const others = vertices(b.geography).map(vectorOf);
  for (const vertex of vertices(a.geography).map(vectorOf))
    for (const other of others) most = Math.max(most, chord2(vertex, other));
  return meters(most);
}

/** Points, vertices of lines, and those of rings, once each. */
function vertices({ points, lines, polygons }: Geography): Position[] {
  return [...points, ...lines.flat(), ...polygons.flat(2)];
}

/** Whether they are at most so many meters apart. */
export function isWithinDistance(a: Prepared, b: Prepared, most: number, name: string): boolean {
  return isAtMost(distance(a, b, name), most, name);
}

/** Whether a distance, if there is one, is at most the other. */
export function isAtMost(apart: number | null, most: number, name: string): boolean {
  if (Number.isNaN(most) || most < 0) throw new Error(`${name} failed: the distance must not be negative: ${most}`);
  if (apart === null) return false;
  if (apart > 0 && Math.abs(apart - most) < 1e-9 + apart * 1e-12)
    throw new UnsupportedGeography(`${name} of geographies that are that far apart to the nanometer`);
  return apart <= most;
}

const NORTH: Vector = [0, 0, 1];

/** The angle at `center` from north clockwise to the other point, in radians; NULL where there is none. */
export function azimuth(center: Position, to: Position): number | null {
  return angleAt(NORTH, center, to);
}

/** The angle at `center` from one point clockwise to the other, in radians from 0 to 2 pi; NULL where there is none. */
export function clockwiseAngle(from: Position, center: Position, to: Position): number | null {
  if (samePosition(from, center) || areAntipodal(vectorOf(from), vectorOf(center))) return null;
  return angleAt(vectorOf(from), center, to);
}

function angleAt(from: Vector, center: Position, to: Position): number | null {
  const [at, other] = [vectorOf(center), vectorOf(to)];
  if (samePosition(center, to) || areAntipodal(at, other)) return null;
  const [first, second] = [cross(at, from), cross(at, other)];
  const turn = angle(first, second);
  // To the left of the first line the angle is the long way around.
  const left = dot(cross(first, second), at) > 0;
  return left ? (2 * Math.PI - turn) % (2 * Math.PI) : turn;
}

const areAntipodal = (a: Vector, b: Vector): boolean => length(add(a, b)) < 1e-15;
