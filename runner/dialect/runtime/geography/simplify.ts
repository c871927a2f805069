import { chord2ToEdge, edgeOf } from "./edges.js";
import {
  EMPTY,
  type Geography,
  isEmpty,
  type Position,
  parts,
  samePosition,
  UnsupportedGeography,
} from "./geography.js";
import { chord2, chordAngle, EARTH_RADIUS, type Vector, vectorOf } from "./sphere.js";

const NAME = "ST_SIMPLIFY";

/** Meters; S2 snaps at most 70 degrees. */
const MOST = (EARTH_RADIUS * 70 * Math.PI) / 180;

/**
 * Lines without the vertices that a longer edge passes within the tolerance, as S2Builder does where no two vertices, and no vertex and an edge
 * that is not its own, are so close that they would be put together first. Other shapes only where they stay as they are.
 */
export function simplified(geography: Geography, tolerance: number): Geography {
  if (!(tolerance >= 0 && tolerance <= MOST))
    throw new Error(`${NAME} failed: the tolerance must be between 0 and 7800 kilometers. Received: ${tolerance}`);
  if (tolerance === 0 || isEmpty(geography)) return geography;
  const [line] = geography.lines;
  const [polygon] = geography.polygons;
  if (parts(geography) === 1 && line !== undefined) return { ...EMPTY, lines: [simpleLine(line, tolerance)] };
  if (parts(geography) === 1 && polygon?.[0] !== undefined && polygon.length === 1) {
    const ring = polygon[0];
    requireApart([...ring, ring[0] as Position], tolerance, true);
    const isKept = ring.every((vertex, i) => {
      const [before, after] = [ring.at(i - 1) as Position, ring[(i + 1) % ring.length] as Position];
      return isBeyond(Math.sqrt(chord2ToEdge(vectorOf(vertex), edgeOf(before, after))), tolerance);
    });
    if (isKept) return geography;
  }
  if (parts(geography) === geography.points.length && arePointsApart(geography.points, tolerance)) return geography;
  throw new UnsupportedGeography(`${NAME} of anything but one line, and of what would change,`);
}

/** Whether a straight distance is longer than the tolerance; near to it, nobody knows. */
function isBeyond(chord: number, tolerance: number): boolean {
  const meters = chordAngle(chord * chord) * EARTH_RADIUS;
  if (Math.abs(meters - tolerance) < tolerance * 1e-6 + 1e-6)
    throw new UnsupportedGeography(`${NAME} with a tolerance that is the distance of a vertex`);
  return meters > tolerance;
}

function arePointsApart(points: readonly Position[], tolerance: number): boolean {
  const vectors = points.map(vectorOf);
  return vectors.every((vector, i) =>
    vectors.slice(0, i).every((other) => isBeyond(Math.sqrt(chord2(vector, other)), tolerance)),
  );
}

/** Twice the tolerance between what is not joined, so that nothing is snapped together. */
function requireApart(path: readonly Position[], tolerance: number, closed: boolean): void {
  const vectors = path.map(vectorOf);
  const edges = path.slice(1).map((to, i) => edgeOf(path[i] as Position, to));
  const last = edges.length;
  for (const [i, vector] of (closed ? vectors.slice(0, -1) : vectors).entries()) {
    for (const [j, edge] of edges.entries()) {
      const isOwn = j === i || j === i - 1 || (closed && i === 0 && j === last - 1);
      const least = isOwn ? farEnd(vector, edge.a, edge.b) : chord2ToEdge(vector, edge);
      if (!isBeyond(Math.sqrt(least), isOwn ? tolerance : 2 * tolerance))
        throw new UnsupportedGeography(`${NAME} of vertices within the tolerance of each other`);
    }
  }
}

const farEnd = (vertex: Vector, a: Vector, b: Vector): number => Math.max(chord2(vertex, a), chord2(vertex, b));

/** From each vertex that is kept the farthest one of a row such that the edge to it passes all between. */
function simpleLine(line: readonly Position[], tolerance: number): Position[] {
  if (line.length > 2 && samePosition(line[0] as Position, line.at(-1) as Position))
    throw new UnsupportedGeography(`${NAME} of a closed line`);
  requireApart(line, tolerance, false);
  const kept = [line[0] as Position];
  for (let start = 0; start < line.length - 1; ) {
    let end = start + 1;
    while (end + 1 < line.length && passes(line, start, end + 1, tolerance)) end += 1;
    kept.push(line[end] as Position);
    start = end;
  }
  return kept;
}

function passes(line: readonly Position[], start: number, end: number, tolerance: number): boolean {
  const edge = edgeOf(line[start] as Position, line[end] as Position);
  return line
    .slice(start + 1, end)
    .every((vertex) => !isBeyond(Math.sqrt(chord2ToEdge(vectorOf(vertex), edge)), tolerance));
}
