import { chord2ToEdge, type Edge } from "./edges.js";
import {
  type Geography,
  isEmpty,
  lineOf,
  type Position,
  pointOf,
  samePosition,
  UnsupportedGeography,
} from "./geography.js";
import type { Prepared } from "./prepared.js";
import {
  add,
  angle,
  chord2,
  chordAngle,
  cross,
  dot,
  EARTH_RADIUS,
  positionOf,
  scale,
  subtract,
  unit,
  type Vector,
  vectorOf,
} from "./sphere.js";

/** Points along lines, found by shares of their length. */

const lengths = (edges: readonly Edge[]): number[] => edges.map(({ a, b }) => angle(a, b));

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** The point of an edge at an angle from its start. */
function along({ a, b }: Edge, radians: number): Vector {
  // As S2 does: the direction at the start, then around the Earth.
  const ahead = unit(cross(cross(subtract(a, b), add(a, b)), a));
  return unit(add(scale(a, Math.cos(radians)), scale(ahead, Math.sin(radians))));
}

interface Stop {
  readonly position: Position;
  /** Place of the first vertex behind it. */
  readonly next: number;
}

function stopAt(line: readonly Position[], edges: readonly Edge[], fraction: number): Stop {
  if (fraction === 0) return { position: line[0] as Position, next: 1 };
  if (fraction === 1) return { position: line.at(-1) as Position, next: line.length };
  const parts = lengths(edges);
  let left = total(parts) * fraction;
  for (const [i, edge] of edges.entries()) {
    const part = parts[i] as number;
    if (left < part) return { position: left <= 0 ? edge.from : positionOf(along(edge, left)), next: i + 1 };
    left -= part;
  }
  return { position: line.at(-1) as Position, next: line.length };
}

function requireFraction(fraction: number, name: string): void {
  if (!(fraction >= 0 && fraction <= 1))
    throw new Error(`${name} failed: the fraction must be between 0 and 1. Received: ${fraction}`);
}

export function interpolated(line: readonly Position[], edges: readonly Edge[], fraction: number): Geography {
  requireFraction(fraction, "ST_LineInterpolatePoint");
  return pointOf(stopAt(line, edges, fraction).position);
}

export function substring(line: readonly Position[], edges: readonly Edge[], start: number, end: number): Geography {
  const name = "ST_LineSubstring";
  requireFraction(start, name);
  requireFraction(end, name);
  if (start > end) throw new Error(`${name} failed: the start fraction must not be greater than the end fraction`);
  const from = stopAt(line, edges, start);
  if (start === end) return pointOf(from.position);
  const to = stopAt(line, edges, end);
  const positions = [from.position, ...line.slice(from.next, to.next), to.position];
  return lineOf(positions.filter((position, i) => i === 0 || !samePosition(position, positions[i - 1] as Position)));
}

/** The point of the edge's great circle nearest to a point. */
const projected = (point: Vector, { normal }: Edge): Vector => unit(subtract(point, scale(normal, dot(point, normal))));

/** The share of the line's length before the point of it that is nearest. */
export function located(edges: readonly Edge[], position: Position): number {
  const point = vectorOf(position);
  const parts = lengths(edges);
  const squares = edges.map((edge) => chord2ToEdge(point, edge));
  const least = Math.min(...squares);
  const at = squares.indexOf(least);
  const edge = edges[at] as Edge;
  const before = total(parts.slice(0, at));
  const inner =
    least === chord2(point, edge.a)
      ? 0
      : least === chord2(point, edge.b)
        ? (parts[at] as number)
        : angle(edge.a, projected(point, edge));
  const other = squares.some((square, i) => Math.abs(i - at) > 1 && Math.abs(square - least) < 1e-28);
  if (other) throw new UnsupportedGeography("ST_LINELOCATEPOINT of a point as near to another part of the line");
  return (before + inner) / total(parts);
}

/** A point of the first geography nearest to the second, where it is a vertex. */
export function closestPoint(a: Prepared, b: Prepared): Geography | null {
  const vertices = (of: Prepared): Position[] => {
    const { points, lines, polygons } = of.geography;
    return [...points, ...lines.flat(), ...polygons.flat(2)];
  };
  const [own, others] = [vertices(a), vertices(b).map(vectorOf)];
  if (own.length === 0 || others.length === 0) return null;
  const squareOf = (vertex: Vector): number =>
    Math.min(...others.map((other) => chord2(vertex, other)), ...b.edges.map((edge) => chord2ToEdge(vertex, edge)));
  const squares = own.map((position) => squareOf(vectorOf(position)));
  const least = Math.min(...squares);
  // A point within an edge of the first may be nearer than any vertex of it.
  const nearer = a.edges.some((edge) =>
    others.some((other) => {
      const square = chord2ToEdge(other, edge);
      return square < least && square < Math.min(chord2(other, edge.a), chord2(other, edge.b));
    }),
  );
  const nearest = new Map(
    own.filter((_, i) => (squares[i] as number) <= least).map((vertex) => [String(vertex), vertex]),
  );
  if (nearer || nearest.size > 1 || (a.edges.length + b.geography.polygons.length > 0 && least === 0))
    throw new UnsupportedGeography("ST_CLOSESTPOINT that is no single vertex");
  return pointOf([...nearest.values()][0] as Position);
}

/** The longest way from a vertex of the first to the nearest point of the second, in meters. */
function directed(from: Prepared, to: Prepared): number {
  let most = 0;
  for (const vertex of vertexVectors(from)) {
    let least = 4;
    for (const { vector } of to.points) least = Math.min(least, chord2(vertex, vector));
    for (const edge of to.lineEdges) least = Math.min(least, chord2ToEdge(vertex, edge));
    most = Math.max(most, least);
  }
  return chordAngle(most) * EARTH_RADIUS;
}

const vertexVectors = ({ points, lines }: Prepared): Vector[] => [
  ...points.map(({ vector }) => vector),
  ...lines.flatMap((edges) => edges.flatMap(({ a, b }, i) => (i === 0 ? [a, b] : [b]))),
];

/** The discrete Hausdorff distance. */
export function hausdorffDistance(a: Prepared, b: Prepared, oneWay: boolean): number | null {
  if (isEmpty(a.geography) || isEmpty(b.geography)) return null;
  if (a.geography.polygons.length + b.geography.polygons.length > 0)
    throw new UnsupportedGeography("ST_HAUSDORFFDISTANCE of polygons");
  const there = directed(a, b);
  return oneWay ? there : Math.max(there, directed(b, a));
}
