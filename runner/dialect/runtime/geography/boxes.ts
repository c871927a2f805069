import type { Edge } from "./edges.js";
import { type Position, UnsupportedGeography } from "./geography.js";
import type { Prepared } from "./prepared.js";
import { cross, dot, type Vector, vectorOf } from "./sphere.js";

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
  const lat = Math.atan2(flat, Math.abs(normal[2])) * DEGREES;
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

/** A box as it is asked about; its eastern side may be west of its western one. */
type Sides = readonly [lng1: number, lat1: number, lng2: number, lat2: number];

const NAME = "ST_INTERSECTSBOX";

/** Degrees within which an edge may pass on either side of a corner. */
const MARGIN = 1e-9;

/** Whether a geography has a point in the box. */
export function intersectsBox(geography: Prepared, box: Sides): boolean {
  requireBox(box);
  const { points, lines, polygons } = geography.geography;
  if ([...points, ...lines.flat(), ...polygons.flat(2)].some((vertex) => isIn(vertex, box))) return true;
  if (lines.length + polygons.length === 0) return false;
  let doubtful = false;
  for (const edge of geography.edges) {
    for (const { position, side } of onSides(edge, box)) {
      // On its own side the point is; along it the point may be beyond the corners.
      if (side !== "grazed" && isIn(position, box, side, -MARGIN)) return true;
      doubtful ||= isIn(position, box, side, MARGIN);
    }
  }
  if (doubtful) throw new UnsupportedGeography(`${NAME} of an edge through a corner of the box`);
  // No edge goes into the box: all of it is in a polygon, or nothing.
  const [lng1, lat1, , lat2] = box;
  return polygons.length > 0 && geography.surrounds(vectorOf([lng1 + widthOf(box) / 2, (lat1 + lat2) / 2]));
}

function requireBox([lng1, lat1, lng2, lat2]: Sides): void {
  if (![lat1, lat2].every((lat) => Math.abs(lat) <= 90))
    throw new Error(`${NAME} failed: Latitudes must be between -90 and 90`);
  if (lat1 > lat2) throw new UnsupportedGeography(`${NAME} with the first latitude north of the second`);
  const inRange = [lng1, lng2].filter((lng) => Math.abs(lng) <= 180).length;
  const width = lng2 - lng1;
  if (inRange === 0 || (inRange === 1 && !(width >= 0 && width <= 360)))
    throw new Error(`${NAME} failed: Longitudes must be between -180 and 180`);
}

const widthOf = ([lng1, , lng2]: Sides): number => (lng2 >= lng1 ? lng2 - lng1 : lng2 - lng1 + 360);

/** Degrees east of a longitude, from 0 to 360. */
const eastOf = (lng: number, from: number): number => (((lng - from) % 360) + 360) % 360;

/** `grazed`: a parallel near the summit of an edge. */
type Side = "meridian" | "parallel" | "grazed";

/**
 * @param side the point lies on
 * @param wider degrees that this side is longer at each end
 */
function isIn([lng, lat]: Position, box: Sides, side?: Side, wider = 0): boolean {
  const [lng1, lat1, , lat2] = box;
  const [onLng, onLat] = side === "meridian" ? [MARGIN, wider] : side === undefined ? [0, 0] : [wider, MARGIN];
  if (lat < lat1 - onLat || lat > lat2 + onLat) return false;
  return eastOf(lng, lng1 - onLng) <= Math.min(360, widthOf(box) + 2 * onLng);
}

/** Where an edge crosses the circles that the sides of a box lie on; its ends are not meant. */
function onSides(
  { a, b, normal }: Edge,
  [lng1, lat1, lng2, lat2]: Sides,
): { readonly position: Position; readonly side: Side }[] {
  const found: { position: Position; side: Side }[] = [];
  const isOn = (point: Vector): boolean => dot(cross(a, point), normal) > 0 && dot(cross(point, b), normal) > 0;
  const [x, y, z] = normal;
  for (const lng of [lng1, lng2]) {
    const across = x * Math.cos(lng / DEGREES) + y * Math.sin(lng / DEGREES);
    const lat = Math.atan2(-across, z) * DEGREES;
    // The great circle has two such points on the whole meridian, of which one is on this half.
    const half = Math.abs(lat) <= 90 ? lat : lat > 0 ? lat - 180 : lat + 180;
    if (isOn(vectorOf([lng, half]))) found.push({ position: [lng, half], side: "meridian" });
  }
  const slope = Math.hypot(x, y);
  const summit = Math.atan2(y, x);
  for (const lat of [lat1, lat2]) {
    const share = (-z * Math.sin(lat / DEGREES)) / (slope * Math.cos(lat / DEGREES));
    const side = Math.abs(Math.abs(share) - 1) < 1e-12 ? "grazed" : "parallel";
    if (!(Math.abs(share) <= 1) && side === "parallel") continue;
    const away = Math.acos(Math.max(-1, Math.min(1, share)));
    for (const lng of [summit + away, summit - away].map((radians) => radians * DEGREES))
      if (isOn(vectorOf([lng, lat]))) found.push({ position: [lng, lat], side });
  }
  return found;
}
