import { type Edge, edgesOf, isClosePoint, visitPairs } from "./edges.js";
import {
  EMPTY,
  type Geography,
  type PolygonRings,
  type Position,
  type Ring,
  samePosition,
  UnsupportedGeography,
} from "./geography.js";
import { intersects } from "./predicates.js";
import { Prepared } from "./prepared.js";
import { angle, inCellOrder, loopArea, loopContains, loopOf, type Vector, vectorOf } from "./sphere.js";
import type { Shape } from "./wkb.js";

export interface BuildOptions {
  /** For messages: `ST_GeogFromText`. */
  readonly name: string;
  /** Rings have their interior on the left; otherwise a shell bounds the smaller part. */
  readonly oriented: boolean;
  /** Positions between two that make geodesics follow the straight lines of a map. */
  readonly between?: (from: Position, to: Position) => readonly Position[];
}

/**
 * A geography of what was written.
 * @throws Error in the service's manner for what is none; UnsupportedGeography for what the service would put together in another way
 */
export function build(shape: Shape, options: BuildOptions): Geography {
  const builder = new Builder(options);
  builder.take(shape);
  return builder.geography();
}

/** Longitudes wrap around. */
export function wrapped(lng: number): number {
  if (lng >= -180 && lng <= 180) return lng + 0;
  return ((((lng + 180) % 360) + 360) % 360) - 180;
}

class Builder {
  readonly #points: Position[] = [];
  readonly #lines: (readonly Position[])[] = [];
  readonly #polygons: PolygonRings[] = [];

  constructor(readonly options: BuildOptions) {}

  #fail(message: string): never {
    throw new Error(`${this.options.name} failed: ${message}`);
  }

  take(shape: Shape): void {
    if (shape.kind === "collection") for (const member of shape.members) this.take(member);
    else if (shape.kind === "line") this.#line(shape.positions);
    else if (shape.kind === "polygon") this.#polygon(shape.rings);
    else if (shape.position !== undefined) this.#points.push(this.#position(shape.position));
  }

  #position([lng, lat]: Position): Position {
    if (!(Math.abs(lat) <= 90)) this.#fail(`Latitude must be between -90 and 90 degrees. Received: ${lat}`);
    if (!Number.isFinite(lng)) this.#fail(`Longitude must be finite. Received: ${lng}`);
    if (Math.abs(lng) > 180)
      throw new UnsupportedGeography(`A longitude outside of -180 to 180 in ${this.options.name}`);
    return [lng + 0, lat + 0];
  }

  /** Without repeated positions, which the service leaves out, and with those in between. */
  #path(positions: readonly Position[], closed: boolean): Position[] {
    const path = positions.map((position) => this.#position(position));
    const distinct = path.filter((position, i) => i === 0 || !samePosition(position, path[i - 1] as Position));
    const { between } = this.options;
    const dense =
      between === undefined
        ? distinct
        : distinct.flatMap((to, i) => (i === 0 ? [to] : [...between(distinct[i - 1] as Position, to), to]));
    const vectors = dense.map(vectorOf);
    for (const [i, vector] of vectors.entries()) {
      const before = vectors[i - 1];
      if (before === undefined) continue;
      if (isClosePoint(before, vector)) throw new UnsupportedGeography("An edge shorter than 6 micrometers");
      if (angle(before, vector) > Math.PI - 1e-9) this.#fail("Edges must span less than 180 degrees");
    }
    return closed ? dense.slice(0, -1) : dense;
  }

  #line(positions: readonly Position[]): void {
    if (positions.length === 0) return;
    if (positions.length < 2) this.#fail("Invalid LineString: at least 2 points are required");
    const path = this.#path(positions, false);
    if (path.length === 1) this.#points.push(path[0] as Position);
    else {
      this.#simple(path);
      this.#lines.push(path);
    }
  }

  /** The service cuts and merges the edges of lines that meet themselves. */
  #simple(path: readonly Position[]): void {
    const edges = edgesOf(path, false);
    const places = new Map(edges.map((edge, i) => [edge, i]));
    const isClosed = samePosition(path[0] as Position, path.at(-1) as Position);
    visitPairs(edges, edges, (e, f, how) => {
      const apart = Math.abs((places.get(e) as number) - (places.get(f) as number));
      const isNeighbour = apart <= 1 || (isClosed && apart === edges.length - 1);
      if (how === "vertex" ? isNeighbour : apart === 0) return true;
      throw new UnsupportedGeography(`${this.options.name} of a line that meets itself`);
    });
  }

  #polygon(rings: readonly (readonly Position[])[]): void {
    const given = rings.filter((ring) => ring.length > 0);
    if (given.length === 0) return;
    const [shell, ...holes] = given.map((ring) => this.#ring(ring)) as [Ring, ...Ring[]];
    this.#polygons.push(this.options.oriented ? this.#oriented(shell, holes) : this.#nested(shell, holes));
  }

  #ring(positions: readonly Position[]): Ring {
    const [first, last] = [positions[0] as Position, positions.at(-1) as Position];
    if (!samePosition(first, last)) this.#fail("Invalid polygon loop: the first and the last point must be the same");
    const ring = this.#path(positions, true);
    if (ring.length < 3) this.#fail("Invalid polygon loop: at least 3 different points are required");
    if (new Set(ring.map(String)).size < ring.length) this.#fail("Invalid polygon loop: a point occurs more than once");
    const edges = edgesOf(ring, true);
    const order = new Map(edges.map((edge, i) => [edge, i]));
    visitPairs(edges, edges, (e, f, how) => {
      if (e === f) return true;
      const [i, j] = [order.get(e) as number, order.get(f) as number];
      if (how === "cross") this.#fail(`Invalid polygon loop: Edge ${Math.min(i, j)} crosses edge ${Math.max(i, j)}`);
      if (how === "doubtful" || how === "reverse") throw new UnsupportedGeography("A polygon loop that touches itself");
      return true;
    });
    return ring;
  }

  /** Every ring counterclockwise around what is smaller, holes then the other way. */
  #nested(shell: Ring, holes: readonly Ring[]): PolygonRings {
    const outer = smaller(shell);
    return [outer, ...this.#holes(outer, holes.map(smaller)).map((hole) => [...hole].reverse())];
  }

  #oriented(shell: Ring, holes: readonly Ring[]): PolygonRings {
    if (holes.length > 0) throw new UnsupportedGeography(`${this.options.name} of an oriented polygon with holes`);
    return [shell];
  }

  #holes(shell: Ring, holes: readonly Ring[]): readonly Ring[] {
    const loop = holes.length > 0 ? loopOf(shell) : undefined;
    for (const [i, hole] of holes.entries()) {
      const others = [shell, ...holes.slice(0, i)];
      for (const other of others) this.#apart(edgesOf(hole, true), edgesOf(other, true));
      const inner = hole.find((position) => !shell.some((own) => samePosition(own, position)));
      if (inner === undefined)
        throw new UnsupportedGeography("A polygon hole all of whose vertices are those of its shell");
      if (loop !== undefined && !loopContains(loop, vectorOf(inner)))
        this.#fail("Invalid polygon: the shell must cover each hole");
      if (holes.slice(0, i).some((other) => nest(hole, other) || nest(other, hole)))
        this.#fail("Invalid polygon: holes may not be nested");
    }
    return holes;
  }

  #apart(left: readonly Edge[], right: readonly Edge[]): void {
    visitPairs(left, right, (_e, _f, how) => {
      if (how === "cross" || how === "same" || how === "reverse")
        this.#fail("Invalid polygon: loops cross or share an edge");
      throw new UnsupportedGeography("A polygon whose loops touch");
    });
  }

  geography(): Geography {
    const points = distinctPoints(this.#points);
    if (areAnyClose(points.map(vectorOf))) throw new UnsupportedGeography("Points within 6 micrometers of each other");
    const result = { points: inCellOrder(points), lines: this.#lines, polygons: this.#polygons };
    if (points.length + this.#lines.length + this.#polygons.length < 2) return result;
    this.#requireApart(result);
    return result;
  }

  /** What touches would be merged by the service. */
  #requireApart({ points, lines, polygons }: Geography): void {
    if (lines.length + polygons.length === 0) return;
    const members = [
      { ...EMPTY, points },
      ...lines.map((line) => ({ ...EMPTY, lines: [line] })),
      ...polygons.map((polygon) => ({ ...EMPTY, polygons: [polygon] })),
    ].map((member) => new Prepared(member));
    for (const [i, member] of members.entries()) {
      for (const other of members.slice(0, i)) {
        if (intersects(other, member, this.options.name))
          throw new UnsupportedGeography(`${this.options.name} of a collection whose parts touch`);
      }
    }
  }
}

function areAnyClose(points: readonly Vector[]): boolean {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  return sorted.some((point, i) => {
    for (let j = i + 1; j < sorted.length; j++) {
      const other = sorted[j] as Vector;
      if (isClosePoint(point, other)) return true;
      if (other[0] - point[0] > 1e-9) return false;
    }
    return false;
  });
}

/** Equal points are one. */
function distinctPoints(points: readonly Position[]): Position[] {
  const seen = new Set<string>();
  return points.filter((point) => !seen.has(String(point)) && seen.add(String(point)));
}

/** The ring around the smaller of the two parts of the sphere that it bounds; turned around it begins with its last position. */
export function smaller(ring: Ring): Ring {
  return loopArea(loopOf(ring)) <= 2 * Math.PI ? ring : [...ring].reverse();
}

const nest = (outer: Ring, inner: Ring): boolean => loopContains(loopOf(outer), vectorOf(inner[0] as Position));
