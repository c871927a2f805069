import { createRequire } from "node:module";
import type * as S2js from "s2js";
import type { Position, Ring } from "./geography.js";

/** Meters: the sphere that the service measures on. */
export const EARTH_RADIUS = 6_371_010;

/** A point of the unit sphere. */
export type Vector = readonly [x: number, y: number, z: number];

/** From the package itself: it stays outside of the bundle, whose other parts are read at every start. */
const load = createRequire(import.meta.url);
let loaded: typeof S2js | undefined;

/** Google's S2 geometry, which the service computes with, as JavaScript. Loaded by the first query that needs it: it takes a while. */
function s2(): typeof S2js.s2 {
  loaded ??= load("s2js") as typeof S2js;
  return loaded.s2;
}

const DEGREES = 180 / Math.PI;
const RADIANS = Math.PI / 180;

export function vectorOf([lng, lat]: Position): Vector {
  const theta = lng * RADIANS;
  const phi = lat * RADIANS;
  const across = Math.cos(phi);
  return [Math.cos(theta) * across, Math.sin(theta) * across, Math.sin(phi)];
}

export function positionOf([x, y, z]: Vector): Position {
  return [Math.atan2(y, x) * DEGREES, Math.atan2(z, Math.sqrt(x * x + y * y)) * DEGREES];
}

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const length = (a: Vector): number => Math.sqrt(dot(a, a));
export const unit = (a: Vector): Vector => scale(a, 1 / length(a));

/** The angle between two vectors in radians, exact for small ones too. */
export const angle = (a: Vector, b: Vector): number => Math.atan2(length(cross(a, b)), dot(a, b));

/** The square of the straight line between two points of the sphere. */
export function chord2(a: Vector, b: Vector): number {
  const apart = subtract(a, b);
  return dot(apart, apart);
}

/** The angle of a chord. */
export const chordAngle = (square: number): number => 2 * Math.asin(Math.sqrt(Math.min(4, square)) / 2);

type Loop = InstanceType<typeof S2js.s2.Loop>;
type Point = InstanceType<typeof S2js.s2.Point>;

function pointOf(position: Position): Point {
  const { Point } = s2();
  return new Point(...vectorOf(position));
}

/** A ring whose interior is on its left. */
export function loopOf(ring: Ring): Loop {
  const { Loop } = s2();
  return new Loop(ring.map(pointOf));
}

export function loopContains(loop: Loop, [x, y, z]: Vector): boolean {
  const { Point } = s2();
  return loop.containsPoint(new Point(x, y, z));
}

/** In square radians. */
export const loopArea = (loop: Loop): number => loop.area();

/** The integral of the position over the ring's interior. */
export function loopCentroid(loop: Loop): Vector {
  const { x, y, z } = loop.centroid();
  return [x, y, z];
}

export type { Loop };

/** The smallest cell of S2's curve that holds the position, as a signed number. */
export function cellOf(position: Position): bigint {
  return BigInt.asUintN(64, s2().cellid.fromPoint(pointOf(position)));
}

/** The cell of a level that holds a smaller one. */
export const cellParent = (cell: bigint, level: number): bigint => s2().cellid.parent(cell, level);

export interface CoveringOptions {
  readonly minLevel: number;
  readonly maxLevel: number;
  readonly maxCells: number;
}

/** Cells that cover a line. */
export function coveringCells(line: readonly Position[], options: CoveringOptions): bigint[] {
  const { Polyline, RegionCoverer } = s2();
  return [...new RegionCoverer(options).covering(new Polyline(line.map(pointOf)))];
}

/** In the order in which the service keeps points: along S2's curve. */
export function inCellOrder(positions: readonly Position[]): Position[] {
  if (positions.length < 2) return [...positions];
  const keyed = positions.map((position) => ({ position, cell: cellOf(position) }));
  keyed.sort((a, b) => (a.cell < b.cell ? -1 : a.cell > b.cell ? 1 : 0));
  return keyed.map(({ position }) => position);
}
