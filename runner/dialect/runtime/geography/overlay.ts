import { crossing, type Edge, isClosePoint, visitPairs } from "./edges.js";
import {
  EMPTY,
  type Geography,
  isEmpty,
  type PolygonRings,
  type Position,
  type Ring,
  samePosition,
  UnsupportedGeography,
} from "./geography.js";
import { intersects } from "./predicates.js";
import { Prepared } from "./prepared.js";
import {
  add,
  chord2,
  inCellOrder,
  loopArea,
  loopContains,
  loopOf,
  positionOf,
  unit,
  type Vector,
  vectorOf,
} from "./sphere.js";

export type Operation = "UNION" | "INTERSECTION" | "DIFFERENCE";

/**
 * Union, intersection and difference as S2BooleanOperation puts them together, where no vertex of one lies on an edge of the other: edges are
 * cut where they cross, pieces kept by what they are inside of, and loops begin behind their last edge in the order of the arguments.
 * Whatever touches in another way is refused.
 */
export function overlay(operation: Operation, a: Prepared, b: Prepared): Geography {
  const name = `ST_${operation}`;
  if (isEmpty(a.geography)) return operation === "UNION" ? b.geography : EMPTY;
  if (isEmpty(b.geography)) return operation === "INTERSECTION" ? EMPTY : a.geography;
  if (isPolygonal(a.geography) && isPolygonal(b.geography)) return ofPolygons(operation, a, b);
  if (isPoints(a.geography) || isPoints(b.geography)) return ofPoints(operation, a, b);
  if (!intersects(a, b, name)) {
    if (operation === "UNION") return together(a.geography, b.geography);
    return operation === "INTERSECTION" ? EMPTY : a.geography;
  }
  if (isLinear(a.geography) && isPolygonal(b.geography) && operation !== "UNION") return clipped(operation, a, b);
  if (isPolygonal(a.geography) && isLinear(b.geography) && operation === "INTERSECTION")
    return clipped(operation, b, a);
  if (isLinear(a.geography) && isLinear(b.geography) && operation === "INTERSECTION") return crossings(a, b);
  throw new UnsupportedGeography(`${name} of lines that meet something`);
}

/** The pieces of lines in polygons, or outside of them. */
function clipped(operation: "INTERSECTION" | "DIFFERENCE", lines: Prepared, polygons: Prepared): Geography {
  const name = `ST_${operation}`;
  const cuts = new Map<Edge, Cut[]>();
  visitPairs(lines.lineEdges, polygons.boundary, (e, f, how) => {
    if (how !== "cross") throw new UnsupportedGeography(`${name} of a line that touches the boundary of a polygon`);
    const vector = crossing(e, f);
    cuts.set(e, [...(cuts.get(e) ?? []), { vector, position: positionOf(vector) }]);
    return true;
  });
  const pieces = new Pieces({ cuts, shared: new Map(), touched: new Set() }, polygons, name);
  const inside = operation === "INTERSECTION";
  const kept = lines.lines.flatMap((edges) => {
    const paths: Position[][] = [];
    for (const { from, to } of edges.flatMap((edge, order) => pieces.of(edge, order, inside))) {
      const last = paths.at(-1);
      if (last !== undefined && samePosition(last.at(-1) as Position, from)) last.push(to);
      else paths.push([from, to]);
    }
    const [first, last] = [paths[0], paths.at(-1)];
    if (paths.length > 1 && samePosition((first as Position[])[0] as Position, (last as Position[]).at(-1) as Position))
      throw new UnsupportedGeography(`${name} of a closed line that is cut`);
    return paths;
  });
  return { ...EMPTY, lines: kept };
}

/** Where lines cross. */
function crossings(a: Prepared, b: Prepared): Geography {
  const points: Position[] = [];
  visitPairs(a.lineEdges, b.lineEdges, (e, f, how) => {
    if (how !== "cross") throw new UnsupportedGeography("ST_INTERSECTION of lines that meet at a vertex or overlap");
    points.push(positionOf(crossing(e, f)));
    return true;
  });
  return { ...EMPTY, points: inCellOrder(points) };
}

/**
 * The union of several. Where more than two have something in common, the order in which the service takes them shows in the result.
 */
export function unionOf(all: readonly Prepared[]): Geography {
  const [first, second, ...more] = all.filter(({ geography }) => !isEmpty(geography));
  if (first === undefined) return EMPTY;
  if (second === undefined) return first.geography;
  if (more.length === 0) return overlay("UNION", first, second);
  const given = [first, second, ...more];
  if (given.every(({ geography }) => isPoints(geography))) return distinctPoints(given);
  for (const [i, one] of given.entries())
    for (const other of given.slice(0, i))
      if (intersects(one, other, "ST_UNION_AGG"))
        throw new UnsupportedGeography("The union of more than two geographies that meet");
  return given.map(({ geography }) => geography).reduce(together);
}

function distinctPoints(given: readonly Prepared[]): Geography {
  const points = given.flatMap(({ geography }) => geography.points);
  return { ...EMPTY, points: inCellOrder([...new Map(points.map((point) => [String(point), point])).values()]) };
}

const isPolygonal = ({ points, lines }: Geography): boolean => points.length + lines.length === 0;
const isLinear = ({ points, polygons }: Geography): boolean => points.length + polygons.length === 0;
const isPoints = ({ lines, polygons }: Geography): boolean => lines.length + polygons.length === 0;

/** Points are in the other geography or they are not. */
function ofPoints(operation: Operation, a: Prepared, b: Prepared): Geography {
  const [points, other] = isPoints(a.geography) ? [a, b] : [b, a];
  const name = `ST_${operation}`;
  const isIn = (position: Position): boolean => intersects(new Prepared({ ...EMPTY, points: [position] }), other, name);
  const inside = points.geography.points.filter(isIn);
  if (operation === "INTERSECTION") return { ...EMPTY, points: inside };
  const outside = points.geography.points.filter((position) => !isIn(position));
  if (operation === "UNION") return together(other.geography, { ...EMPTY, points: outside });
  if (points === a) return { ...EMPTY, points: outside };
  // A line or polygon without some of its points is, with its limits, the same.
  const { points: own } = a.geography;
  const taken = (position: Position): boolean => b.geography.points.some((point) => samePosition(point, position));
  return { ...a.geography, points: own.filter((position) => !taken(position)) };
}

/** What lies apart, side by side. */
function together(a: Geography, b: Geography): Geography {
  return {
    points: inCellOrder([...a.points, ...b.points]),
    lines: [...a.lines, ...b.lines],
    polygons: [...a.polygons, ...b.polygons],
  };
}

/** A part of an edge, in the direction of the result. */
interface Piece {
  readonly from: Position;
  readonly to: Position;
  /** Place of the edge among those of both arguments. */
  readonly order: number;
}

interface Cut {
  readonly vector: Vector;
  readonly position: Position;
}

function ofPolygons(operation: Operation, a: Prepared, b: Prepared): Geography {
  const name = `ST_${operation}`;
  if ([...a.loops, ...b.loops].some(({ shell }) => loopArea(shell) > 2 * Math.PI))
    throw new UnsupportedGeography(`${name} of polygons larger than a hemisphere`);
  const meets = meetings(a, b, name);
  const own = new Pieces(meets, b, name);
  const other = new Pieces(meets, a, name);
  const orders = a.boundary.length;
  const kept: Piece[] = [];
  for (const [order, edge] of a.boundary.entries()) {
    const shared = meets.shared.get(edge);
    if (shared !== undefined) {
      if ((operation === "DIFFERENCE") === (shared === "reverse")) kept.push({ from: edge.from, to: edge.to, order });
    } else kept.push(...own.of(edge, order, operation === "INTERSECTION"));
  }
  for (const [index, edge] of b.boundary.entries()) {
    if (meets.shared.has(edge)) continue;
    const pieces = other.of(edge, orders + index, operation !== "UNION");
    kept.push(...(operation === "DIFFERENCE" ? pieces.map(turned) : pieces));
  }
  if (operation === "INTERSECTION") requireNoTouch(kept, meets, name);
  return { ...EMPTY, polygons: polygonsOf(loopsOf(kept, name), name) };
}

const turned = ({ from, to, order }: Piece): Piece => ({ from: to, to: from, order });

interface Meetings {
  /** Where edges are cut. */
  readonly cuts: ReadonlyMap<Edge, readonly Cut[]>;
  /** Edges of both, and whether they run the same way. */
  readonly shared: ReadonlyMap<Edge, "same" | "reverse">;
  /** Vertices of both. */
  readonly touched: ReadonlySet<string>;
}

function meetings(a: Prepared, b: Prepared, name: string): Meetings {
  const cuts = new Map<Edge, Cut[]>();
  const shared = new Map<Edge, "same" | "reverse">();
  const points: Cut[] = [];
  visitPairs(a.boundary, b.boundary, (e, f, how) => {
    if (how === "doubtful") throw new UnsupportedGeography(`${name} of polygons that touch at no vertex of both`);
    if (how === "same" || how === "reverse") for (const edge of [e, f]) shared.set(edge, how);
    if (how === "cross") {
      const vector = crossing(e, f);
      const cut = { vector, position: positionOf(vector) };
      points.push(cut);
      for (const edge of [e, f]) cuts.set(edge, [...(cuts.get(edge) ?? []), cut]);
    }
    return true;
  });
  const close = points.some((cut, i) => points.slice(0, i).some((other) => isClosePoint(cut.vector, other.vector)));
  if (close) throw new UnsupportedGeography(`${name} of polygons that cross twice at one place`);
  const vertices = new Set(a.boundary.map(({ from }) => String(from)));
  const touched = new Set(b.boundary.map(({ from }) => String(from)).filter((vertex) => vertices.has(vertex)));
  return { cuts, shared, touched };
}

/** The pieces of the edges of one argument, by whether they are inside of the other. */
class Pieces {
  constructor(
    readonly meets: Meetings,
    readonly other: Prepared,
    readonly name: string,
  ) {}

  of(edge: Edge, order: number, inside: boolean): Piece[] {
    const cuts = [...(this.meets.cuts.get(edge) ?? [])].sort(
      (p, q) => chord2(edge.a, p.vector) - chord2(edge.a, q.vector),
    );
    const stops: Cut[] = [{ vector: edge.a, position: edge.from }, ...cuts, { vector: edge.b, position: edge.to }];
    return stops.slice(1).flatMap((end, i) => {
      const start = stops[i] as Cut;
      const middle = unit(add(start.vector, end.vector));
      return this.#isInside(middle) === inside ? [{ from: start.position, to: end.position, order }] : [];
    });
  }

  #isInside(middle: Vector): boolean {
    const place = this.other.place({ position: [Number.NaN, Number.NaN], vector: middle });
    if (place === "doubtful") throw new UnsupportedGeography(`${this.name} of polygons whose edges nearly coincide`);
    return place === "inside";
  }
}

/** Where only boundaries meet, the intersection has lines and points. */
function requireNoTouch(kept: readonly Piece[], { shared, touched }: Meetings, name: string): void {
  const ends = new Set(kept.map(({ from }) => String(from)));
  const isLeft = [...touched].some((vertex) => !ends.has(vertex));
  if (isLeft || [...shared.values()].includes("reverse"))
    throw new UnsupportedGeography(`${name} of polygons whose boundaries touch`);
}

/** Closed loops of the pieces, each beginning behind the piece that is last in order. */
function loopsOf(pieces: readonly Piece[], name: string): Ring[] {
  const next = new Map<string, Piece>();
  for (const piece of pieces) {
    const start = String(piece.from);
    if (next.has(start)) throw new UnsupportedGeography(`${name} of polygons that leave loops touching at a vertex`);
    next.set(start, piece);
  }
  const loops: Piece[][] = [];
  for (const piece of pieces) {
    const loop: Piece[] = [];
    for (let at = next.get(String(piece.from)); at !== undefined; at = next.get(String(at.to))) {
      next.delete(String(at.from));
      loop.push(at);
    }
    if (loop.length === 0) continue;
    if (!samePosition((loop.at(-1) as Piece).to, (loop[0] as Piece).from))
      throw new UnsupportedGeography(`${name} of polygons whose pieces do not close`);
    loops.push(fromLast(loop));
  }
  return loops
    .sort((p, q) => (p[0] as Piece).order - (q[0] as Piece).order)
    .map((loop) => loop.map(({ from }) => from));
}

/** Turned so that the last piece is the last in order, and of several the last in a row. */
function fromLast(loop: readonly Piece[]): Piece[] {
  const highest = Math.max(...loop.map(({ order }) => order));
  const ends = loop.flatMap(({ order }, i) => {
    const after = loop[(i + 1) % loop.length] as Piece;
    return order === highest && after.order !== highest ? [i] : [];
  });
  const last = ends.at(-1) ?? loop.length - 1;
  return [...loop.slice(last + 1), ...loop.slice(0, last + 1)];
}

/** Loops counterclockwise are shells, others holes of the smallest shell around them. */
function polygonsOf(rings: readonly Ring[], name: string): PolygonRings[] {
  const loops = rings.map((ring) => {
    const loop = loopOf(ring);
    return { ring, loop, area: loopArea(loop) };
  });
  if (loops.some(({ area }) => Math.abs(area - 2 * Math.PI) < 1e-9))
    throw new UnsupportedGeography(`${name} of polygons as large as a hemisphere`);
  const shells = loops.filter(({ area }) => area < 2 * Math.PI).map((shell) => ({ ...shell, holes: [] as Ring[] }));
  for (const { ring, area } of loops) {
    if (area < 2 * Math.PI) continue;
    const around = shells
      .filter(({ loop, ring: shell }) => contains(loop, shell, ring))
      .sort((p, q) => p.area - q.area);
    if (around[0] === undefined) throw new UnsupportedGeography(`${name} that covers most of the Earth`);
    around[0].holes.push(ring);
  }
  return shells.map(({ ring, holes }) => [ring, ...holes]);
}

function contains(loop: ReturnType<typeof loopOf>, shell: Ring, ring: Ring): boolean {
  const inner = ring.find((position) => !shell.some((own) => samePosition(own, position)));
  return inner !== undefined && loopContains(loop, vectorOf(inner));
}
