/** Longitude and latitude in degrees. */
export type Position = readonly [lng: number, lat: number];

/** A closed ring without its last position, which is the first again. */
export type Ring = readonly Position[];

/** A shell and its holes. The interior is left of every ring: shells run counterclockwise, holes clockwise. */
export type PolygonRings = readonly Ring[];

/**
 * A GEOGRAPHY: the union of points, lines and polygons on a sphere, joined by geodesics. Which collection it was written as is not kept, as
 * in the service: the empty point is the empty geography.
 */
export interface Geography {
  readonly points: readonly Position[];
  readonly lines: readonly (readonly Position[])[];
  readonly polygons: readonly PolygonRings[];
}

export const EMPTY: Geography = { points: [], lines: [], polygons: [] };

export const pointOf = (position: Position): Geography => ({ ...EMPTY, points: [position] });

export const lineOf = (line: readonly Position[]): Geography => ({ ...EMPTY, lines: [line] });

export function isEmpty({ points, lines, polygons }: Geography): boolean {
  return points.length + lines.length + polygons.length === 0;
}

/** The number of points, lines and polygons. */
export function parts({ points, lines, polygons }: Geography): number {
  return points.length + lines.length + polygons.length;
}

/** -1 for the empty geography. */
export function dimension({ points, lines, polygons }: Geography): number {
  return polygons.length > 0 ? 2 : lines.length > 0 ? 1 : points.length > 0 ? 0 : -1;
}

export function samePosition(a: Position, b: Position): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** A geography, or a question about some, that the embedded engine cannot answer as the service does. SAFE does not turn it into NULL. */
export class UnsupportedGeography extends Error {
  constructor(what: string) {
    super(`${what} is not supported by the embedded engine`);
  }
}
