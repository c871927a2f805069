import { isEmpty, type Position, UnsupportedGeography } from "./geography.js";
import type { Prepared } from "./prepared.js";
import { cross, dot, type Vector } from "./sphere.js";

/** Degrees; `xmax` is beyond 180 where the box crosses the antimeridian. */
export interface Box {
  readonly xmin: number;
  readonly ymin: number;
  readonly xmax: number;
  readonly ymax: number;
}

/** An interval of longitudes: from west to east, at most 360 degrees further. */
interface Span {
  readonly west: number;
  readonly width: number;
}

const DEGREES = 180 / Math.PI;

/** The smallest box of constant longitudes and latitudes around all of them; undefined: they are empty. */
export function boundingBox(geographies: readonly Prepared[]): Box | undefined {
  const spans: Span[] = [];
  let [ymin, ymax] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const cover = (lat: number) => {
    ymin = Math.min(ymin, lat);
    ymax = Math.max(ymax, lat);
  };
  for (const geography of geographies) {
    for (const { position } of geography.points) {
      spans.push({ west: position[0], width: 0 });
      cover(position[1]);
    }
    for (const edge of geography.edges) {
      spans.push(spanOf(edge.from, edge.to));
      for (const lat of [edge.from[1], edge.to[1], ...peaks(edge)]) cover(lat);
    }
    for (const [pole, lat] of [
      [[0, 0, 1], 90],
      [[0, 0, -1], -90],
    ] as const) {
      if (!geography.surrounds(pole)) continue;
      cover(lat);
      spans.push({ west: -180, width: 360 });
    }
  }
  const around = hull(spans);
  return around && { xmin: around.west, ymin, xmax: end(around), ymax };
}

/** Without the error of adding a width to a start: the end of a whole or of a wrapped interval. */
const end = ({ west, width }: Span): number => Number((west + width).toPrecision(15));

/** The longitudes of an edge, the shorter way. */
function spanOf([a]: Position, [b]: Position): Span {
  const [low, high] = a < b ? [a, b] : [b, a];
  const width = high - low;
  if (Math.abs(width - 180) < 1e-12) throw new UnsupportedGeography("The bounding box of an edge through a pole");
  return width < 180 ? { west: low, width } : { west: high, width: 360 - width };
}

/** The latitudes of the northernmost and southernmost point of the edge's great circle that lie on the edge. */
function peaks({ a, b, normal }: { a: Vector; b: Vector; normal: Vector }): number[] {
  const flat = Math.hypot(normal[0], normal[1]);
  if (flat === 0) return [];
  const lat = Math.acos(Math.min(1, Math.abs(normal[2]))) * DEGREES;
  const north: Vector = [(-normal[0] * normal[2]) / flat, (-normal[1] * normal[2]) / flat, flat];
  const isBetween = (point: Vector): boolean =>
    dot(cross(a, point), normal) > 1e-15 && dot(cross(point, b), normal) > 1e-15;
  const south: Vector = [-north[0], -north[1], -north[2]];
  return [...(isBetween(north) ? [lat] : []), ...(isBetween(south) ? [-lat] : [])];
}

/** The smallest interval around all of them: the circle without the widest gap. */
function hull(spans: readonly Span[]): Span | undefined {
  if (spans.length === 0) return undefined;
  const sorted = [...spans].sort((p, q) => p.west - q.west);
  const merged: { west: number; east: number }[] = [];
  for (const { west, width } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && west <= last.east) last.east = Math.max(last.east, west + width);
    else merged.push({ west, east: west + width });
  }
  // What goes beyond 180 degrees meets what begins at -180.
  const last = merged.at(-1) as { west: number; east: number };
  while (merged.length > 1 && last.east - 360 >= (merged[0] as { west: number }).west) {
    const first = merged.shift() as { west: number; east: number };
    last.east = Math.max(last.east, first.east + 360);
  }
  if (last.east - last.west >= 360) return { west: -180, width: 360 };
  let widest = { gap: -1, after: 0 };
  for (const [i, { east }] of merged.entries()) {
    const next = merged[i + 1]?.west ?? (merged[0] as { west: number }).west + 360;
    if (next - east > widest.gap) widest = { gap: next - east, after: i };
  }
  const start = merged[(widest.after + 1) % merged.length] as { west: number };
  return { west: start.west, width: 360 - widest.gap };
}

/** The box of several geographies as ST_EXTENT gives it: all longitudes where it is as wide as half of them. */
export function extent(geographies: readonly Prepared[]): Box | undefined {
  const box = boundingBox(geographies);
  return box !== undefined && box.xmax - box.xmin >= 180 ? { ...box, xmin: -180, xmax: 180 } : box;
}

/** Whether a geography has a point in the box, whose eastern side may be west of its western one. */
export function intersectsBox(
  geography: Prepared,
  [lng1, lat1, lng2, lat2]: readonly [number, number, number, number],
): boolean {
  const name = "ST_INTERSECTSBOX";
  if (![lat1, lat2].every((lat) => Math.abs(lat) <= 90))
    throw new Error(`${name} failed: Latitudes must be between -90 and 90`);
  if (lat1 > lat2) throw new UnsupportedGeography(`${name} with the first latitude north of the second`);
  const inRange = [lng1, lng2].filter((lng) => Math.abs(lng) <= 180).length;
  const width = lng2 - lng1;
  if (inRange === 0 || (inRange === 1 && !(width >= 0 && width <= 360)))
    throw new Error(`${name} failed: Longitudes must be between -180 and 180`);
  if (isEmpty(geography.geography)) return false;
  if (geography.geography.lines.length + geography.geography.polygons.length > 0)
    return anyVertexIn(geography, lng1, lat1, lng2, lat2, name);
  return geography.points.some(({ position }) => isIn(position, lng1, lat1, lng2, lat2));
}

function isIn([lng, lat]: Position, lng1: number, lat1: number, lng2: number, lat2: number): boolean {
  if (lat < lat1 || lat > lat2) return false;
  const width = lng2 >= lng1 ? lng2 - lng1 : lng2 - lng1 + 360;
  const east = (((lng - lng1) % 360) + 360) % 360;
  return east <= width;
}

/** A vertex in the box settles it, and so do boxes that lie apart; what is between is not decided. */
function anyVertexIn(
  geography: Prepared,
  lng1: number,
  lat1: number,
  lng2: number,
  lat2: number,
  name: string,
): boolean {
  const vertices = [...geography.points.map(({ position }) => position), ...geography.edges.map(({ from }) => from)];
  const last = geography.lines.map((edges) => edges.at(-1)?.to).filter((to) => to !== undefined);
  if ([...vertices, ...last].some((vertex) => isIn(vertex, lng1, lat1, lng2, lat2))) return true;
  const own = boundingBox([geography]) as Box;
  const width = lng2 >= lng1 ? lng2 - lng1 : lng2 - lng1 + 360;
  const margin = 1e-9;
  const apart = (((own.xmin - lng1) % 360) + 360) % 360;
  const isEast = apart > width + margin && apart + (own.xmax - own.xmin) < 360 - margin;
  if (own.ymin > lat2 + margin || own.ymax < lat1 - margin || isEast) return false;
  throw new UnsupportedGeography(`${name} of a line or polygon none of whose vertices is in the box`);
}
