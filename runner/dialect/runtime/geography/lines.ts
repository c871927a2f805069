import { chord2ToEdge, type Edge } from "./edges.js";
import {
  type Geography,
  isEmpty,
  lineOf,
  type Position,
  parts,
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
  EARTH_RADIUS,
  positionOf,
  scale,
  subtract,
  unit,
  type Vector,
  vectorOf,
} from "./sphere.js";
import { coordinateText } from "./wkt.js";

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

/** The point of the edge's great circle nearest to a point, computed as S2 does. */
const projected = (point: Vector, { normal }: Edge): Vector => unit(cross(cross(normal, point), normal));

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

/** The point of the first geography nearest to the second: a vertex of it, or within an edge opposite to a vertex of the second. */
export function closestPoint(a: Prepared, b: Prepared): Geography | null {
  const name = "ST_CLOSESTPOINT";
  if (isEmpty(a.geography) || isEmpty(b.geography)) return null;
  const isPoint = a.edges.length === 0 && parts(a.geography) === 1;
  if (isPoint) return a.geography;
  if (intersects(a, b, name)) throw new UnsupportedGeography(`${name} of geographies that meet`);
  const found = [...ownVertices(a, b), ...facing(a, b)];
  const least = Math.min(...found.map(({ square }) => square));
  // What is as near in all digits but the last ones is another answer.
  const nearest = found.filter(({ square }) => square <= least * (1 + 1e-9) + 1e-28);
  const answers = new Map(nearest.map(({ position }) => [position.map(coordinateText).join(), position]));
  if (answers.size > 1) throw new UnsupportedGeography(`${name} where several points are as near`);
  return pointOf([...answers.values()][0] as Position);
}

interface Candidate {
  readonly position: Position;
  readonly square: number;
}

function ownVertices(a: Prepared, b: Prepared): Candidate[] {
  const others = vertexVectors(b);
  return vertices(a.geography).map((position) => {
    const vertex = vectorOf(position);
    const squares = [
      ...others.map((other) => chord2(vertex, other)),
      ...b.edges.map((edge) => chord2ToEdge(vertex, edge)),
    ];
    return { position, square: Math.min(...squares) };
  });
}

/** Points within edges of the first that face a vertex of the second. */
function facing(a: Prepared, b: Prepared): Candidate[] {
  return vertexVectors(b).flatMap((vertex) =>
    a.edges.flatMap((edge) => {
      const square = chord2ToEdge(vertex, edge);
      const isInner = square < Math.min(chord2(vertex, edge.a), chord2(vertex, edge.b));
      return isInner ? [{ position: positionOf(projected(vertex, edge)), square }] : [];
    }),
  );
}

const vertices = ({ points, lines, polygons }: Geography): Position[] => [
  ...points,
  ...lines.flat(),
  ...polygons.flat(2),
];

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

const vertexVectors = (of: Prepared): Vector[] => vertices(of.geography).map(vectorOf);

/** The discrete Hausdorff distance. */
export function hausdorffDistance(a: Prepared, b: Prepared, oneWay: boolean): number | null {
  if (isEmpty(a.geography) || isEmpty(b.geography)) return null;
  if (a.geography.polygons.length + b.geography.polygons.length > 0)
    throw new UnsupportedGeography("ST_HAUSDORFFDISTANCE of polygons");
  const there = directed(a, b);
  return oneWay ? there : Math.max(there, directed(b, a));
}
