import { type Position, samePosition } from "./geography.js";
import { add, chord2, cross, dot, length, scale, subtract, unit, type Vector, vectorOf } from "./sphere.js";

/** A geodesic between two positions that are neither equal nor antipodal. */
export interface Edge {
  readonly from: Position;
  readonly to: Position;
  readonly a: Vector;
  readonly b: Vector;
  /** Unit normal: what is on its side is left of the edge. */
  readonly normal: Vector;
  readonly middle: Vector;
  /** Straight distance from the middle to an end. */
  readonly reach: number;
}

/**
 * Radians (6 micrometers). Nearer than this the service snaps, or decides by the last bits of its own coordinates, which ours need not have:
 * whatever depends on it is doubtful.
 */
const CLOSE = 1e-12;
const CLOSE2 = CLOSE * CLOSE;

export function edgeOf(from: Position, to: Position): Edge {
  const [a, b] = [vectorOf(from), vectorOf(to)];
  const sum = add(a, b);
  // Twice the cross product, without the error that it has for ends close to each other.
  const normal = unit(cross(subtract(a, b), sum));
  const middle = unit(sum);
  return { from, to, a, b, normal, middle, reach: Math.sqrt(Math.max(chord2(middle, a), chord2(middle, b))) };
}

/** The edges of a line, or of a ring if `closed`. */
export function edgesOf(positions: readonly Position[], closed: boolean): Edge[] {
  const ends = closed ? [...positions, positions[0] as Position] : positions;
  return ends.slice(1).map((to, i) => edgeOf(ends[i] as Position, to));
}

/** How far left of the edge's great circle a point is (negative: right), in radians for small distances. */
export function side(edge: Edge, point: Vector): number {
  const nearer = chord2(edge.a, point) < chord2(edge.b, point) ? edge.a : edge.b;
  return dot(edge.normal, subtract(point, nearer));
}

/** The square of the straight distance from a point to the nearest one of the edge. */
export function chord2ToEdge(point: Vector, edge: Edge): number {
  const [toA, toB] = [chord2(point, edge.a), chord2(point, edge.b)];
  const ends = Math.min(toA, toB);
  if (Math.abs(toA - toB) >= chord2(edge.a, edge.b)) return ends;
  const across = cross(edge.normal, point);
  if (dot(subtract(edge.a, point), across) >= 0 || dot(subtract(edge.b, point), across) <= 0) return ends;
  const height = side(edge, point);
  const along = 1 - length(across);
  return Math.min(ends, height * height + along * along);
}

/** Whether the point is so close to the edge that nobody knows whether it lies on it. */
export const isClose = (point: Vector, edge: Edge): boolean =>
  chord2(point, edge.middle) <= (edge.reach + CLOSE) ** 2 + 1e-15 && chord2ToEdge(point, edge) < CLOSE2;

/** Whether two different positions are so close that the service may take them for one. */
export const isClosePoint = (a: Vector, b: Vector): boolean => chord2(a, b) < CLOSE2;

/**
 * How two edges meet: `same` and `reverse` are equal edges, `vertex` those with one end in common, `cross` those with one inner point in
 * common; `doubtful` where an end of one is too close to the other.
 */
export type Meeting = "apart" | "vertex" | "same" | "reverse" | "cross" | "doubtful";

export function meeting(e: Edge, f: Edge): Meeting {
  const reach = e.reach + f.reach + CLOSE;
  if (chord2(e.middle, f.middle) > reach * reach + 1e-15) return "apart";
  const starts = samePosition(e.from, f.from);
  const ends = samePosition(e.to, f.to);
  if (starts && ends) return "same";
  const toStart = samePosition(e.to, f.from);
  const fromEnd = samePosition(e.from, f.to);
  if (toStart && fromEnd) return "reverse";
  const ofF = starts || toStart ? [f.b] : ends || fromEnd ? [f.a] : [f.a, f.b];
  const ofE = starts || fromEnd ? [e.b] : ends || toStart ? [e.a] : [e.a, e.b];
  if (ofF.some((end) => isClose(end, e)) || ofE.some((end) => isClose(end, f))) return "doubtful";
  if (ofF.length === 1) return "vertex";
  return crosses(e, f) ? "cross" : "apart";
}

/** For edges with no end of one on the other. */
function crosses(e: Edge, f: Edge): boolean {
  const [a, b, c, d] = [side(e, f.a), side(e, f.b), side(f, e.a), side(f, e.b)];
  // An end on the other's great circle, but not on the other edge, is on a side where no crossing is.
  if (Math.min(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d)) < CLOSE) return false;
  // Both cross the other's great circle, in the same and not in opposite points of the sphere.
  return a > 0 !== b > 0 && c > 0 !== d > 0 && a > 0 === d > 0;
}

/** Edges in order of where they begin along one axis, so that those near a place are found without looking at all. */
interface EdgeOrder {
  readonly axis: 0 | 1 | 2;
  readonly edges: readonly Edge[];
  readonly starts: readonly number[];
  readonly widest: number;
}

const orders = new WeakMap<readonly Edge[], EdgeOrder>();

/** The order of a list that is asked about again. */
function orderOf(edges: readonly Edge[]): EdgeOrder {
  const known = orders.get(edges);
  if (known !== undefined) return known;
  const axis = longestAxis(edges);
  const start = (edge: Edge): number => edge.middle[axis] - edge.reach;
  const sorted = [...edges].sort((e, f) => start(e) - start(f));
  const widest = sorted.reduce((most, edge) => Math.max(most, edge.reach), 0);
  const order = { axis, edges: sorted, starts: sorted.map(start), widest };
  orders.set(edges, order);
  return order;
}

/** The axis along which the edges are spread most. */
function longestAxis(edges: readonly Edge[]): 0 | 1 | 2 {
  const least = [1, 1, 1];
  const most = [-1, -1, -1];
  for (const { middle } of edges) {
    for (const axis of [0, 1, 2] as const) {
      least[axis] = Math.min(least[axis] as number, middle[axis]);
      most[axis] = Math.max(most[axis] as number, middle[axis]);
    }
  }
  const spread = most.map((value, axis) => value - (least[axis] as number));
  return spread.indexOf(Math.max(...spread)) as 0 | 1 | 2;
}

/** Below this number looking at all is quicker. */
const FEW = 8;

/** Calls `visit` for the edges that may be within reach of a place, until it answers false. */
function visitNear(edges: readonly Edge[], place: Vector, reach: number, visit: (edge: Edge) => boolean): void {
  if (edges.length <= FEW) {
    for (const edge of edges) if (!visit(edge)) return;
    return;
  }
  const { axis, edges: sorted, starts, widest } = orderOf(edges);
  const [from, to] = [place[axis] - reach - 2 * widest - CLOSE, place[axis] + reach + CLOSE];
  for (let i = firstAtLeast(starts, from); i < sorted.length && (starts[i] as number) <= to; i++) {
    if (!visit(sorted[i] as Edge)) return;
  }
}

/** Calls `visit` for the edges that a point may be close to, until it answers false. */
export function visitAround(edges: readonly Edge[], point: Vector, visit: (edge: Edge) => boolean): void {
  visitNear(edges, point, 0, visit);
}

/** Calls `visit` for the pairs of edges that may meet, until it answers false. */
export function visitPairs(
  left: readonly Edge[],
  right: readonly Edge[],
  visit: (e: Edge, f: Edge, meet: Meeting) => boolean | undefined,
): void {
  let goesOn = true;
  for (const e of left) {
    visitNear(right, e.middle, e.reach, (f) => {
      const meet = meeting(e, f);
      if (meet !== "apart" && visit(e, f, meet) === false) goesOn = false;
      return goesOn;
    });
    if (!goesOn) return;
  }
}

function firstAtLeast(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where two edges cross, computed as S2 does: the ends of the shorter one, weighted by their distances from the longer one's plane. */
export function crossing(e: Edge, f: Edge): Vector {
  const [long, short] = chord2(e.a, e.b) < chord2(f.a, f.b) ? [f, e] : [e, f];
  const normal = cross(subtract(long.a, long.b), add(long.a, long.b));
  const distance = (end: Vector): number =>
    dot(subtract(end, chord2(end, long.a) <= chord2(end, long.b) ? long.a : long.b), normal);
  const point = unit(subtract(scale(short.b, distance(short.a)), scale(short.a, distance(short.b))));
  return dot(point, add(add(e.a, e.b), add(f.a, f.b))) < 0 ? scale(point, -1) : point;
}
