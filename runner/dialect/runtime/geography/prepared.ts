import { type Edge, edgesOf, isClose, isClosePoint, visitAround } from "./edges.js";
import { type Geography, type Position, samePosition } from "./geography.js";
import { type Loop, loopContains, loopOf, type Vector, vectorOf } from "./sphere.js";
import { decodeWkb } from "./wkb.js";

interface Vertex {
  readonly position: Position;
  readonly vector: Vector;
}

/** A shell and its holes, all of them with the smaller part of the sphere they bound on their left, unless the shell is larger than half of it. */
interface PolygonLoops {
  readonly shell: Loop;
  readonly holes: readonly Loop[];
}

export type Place = "outside" | "boundary" | "inside" | "doubtful";

/** A geography with what questions about it need, made when it is first asked for. */
export class Prepared {
  #points: readonly Vertex[] | undefined;
  #lines: readonly (readonly Edge[])[] | undefined;
  #rings: readonly (readonly Edge[])[][] | undefined;
  #lineEdges: readonly Edge[] | undefined;
  #boundary: readonly Edge[] | undefined;
  #edges: readonly Edge[] | undefined;
  #loops: readonly PolygonLoops[] | undefined;

  constructor(readonly geography: Geography) {}

  get points(): readonly Vertex[] {
    this.#points ??= this.geography.points.map((position) => ({ position, vector: vectorOf(position) }));
    return this.#points;
  }

  /** The edges of each line. */
  get lines(): readonly (readonly Edge[])[] {
    this.#lines ??= this.geography.lines.map((line) => edgesOf(line, false));
    return this.#lines;
  }

  /** The edges of each ring of each polygon; the interior is on their left. */
  get rings(): readonly (readonly Edge[])[][] {
    this.#rings ??= this.geography.polygons.map((rings) => rings.map((ring) => edgesOf(ring, true)));
    return this.#rings;
  }

  get lineEdges(): readonly Edge[] {
    this.#lineEdges ??= this.lines.flat();
    return this.#lineEdges;
  }

  get boundary(): readonly Edge[] {
    this.#boundary ??= this.rings.flat(2);
    return this.#boundary;
  }

  get edges(): readonly Edge[] {
    if (this.geography.lines.length === 0) return this.boundary;
    if (this.geography.polygons.length === 0) return this.lineEdges;
    this.#edges ??= [...this.lineEdges, ...this.boundary];
    return this.#edges;
  }

  /** The loops of each polygon. */
  get loops(): readonly PolygonLoops[] {
    this.#loops ??= this.geography.polygons.map(([shell = [], ...holes]) => ({
      shell: loopOf(shell),
      holes: holes.map((hole) => loopOf([...hole].reverse())),
    }));
    return this.#loops;
  }

  /** Whether a polygon holds a point that is not on its boundary. */
  surrounds(point: Vector): boolean {
    return this.loops.some(
      ({ shell, holes }) => loopContains(shell, point) && !holes.some((hole) => loopContains(hole, point)),
    );
  }

  /** Where a position is with respect to the polygons. */
  place({ position, vector }: Vertex): Place {
    if (this.geography.polygons.length === 0) return "outside";
    let near: "boundary" | "doubtful" | undefined;
    visitAround(this.boundary, vector, (edge) => {
      if (samePosition(edge.from, position) || samePosition(edge.to, position)) near = "boundary";
      else if (near === undefined && isClose(vector, edge)) near = "doubtful";
      return near !== "boundary";
    });
    if (near !== undefined) return near;
    return this.surrounds(vector) ? "inside" : "outside";
  }

  /** Whether a position is a vertex of a line or a point. */
  marks({ position, vector }: Vertex): "yes" | "no" | "doubtful" {
    const { points, lines } = this.geography;
    const isHere = (own: Position): boolean => samePosition(own, position);
    if (points.some(isHere) || lines.some((line) => line.some(isHere))) return "yes";
    let close = this.points.some((own) => isClosePoint(own.vector, vector));
    visitAround(this.lineEdges, vector, (edge) => {
      close ||= isClose(vector, edge);
      return !close;
    });
    return close ? "doubtful" : "no";
  }
}

const KEPT = 16;
/** The latest first. */
const kept: { readonly bytes: Uint8Array; readonly made: Prepared }[] = [];

/** Bytes of a point, which is as quickly read as found. */
const POINT_LENGTH = 21;

/** The geography of stored bytes. The latest ones are kept: one of two arguments is often the same in every row. */
export function prepared(bytes: Uint8Array): Prepared {
  if (bytes.length <= POINT_LENGTH) return new Prepared(decodeWkb(bytes));
  const at = kept.findIndex((one) => one.bytes.length === bytes.length && Buffer.compare(one.bytes, bytes) === 0);
  const [found] = at < 0 ? [] : kept.splice(at, 1);
  // The bytes may be the engine's own, which it uses again.
  const one = found ?? { bytes: Uint8Array.from(bytes), made: new Prepared(decodeWkb(bytes)) };
  kept.unshift(one);
  kept.length = Math.min(kept.length, KEPT);
  return one.made;
}
