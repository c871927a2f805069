import { build } from "./build.js";
import { edgesOf, visitPairs } from "./edges.js";
import {
  dimension,
  EMPTY,
  type Geography,
  lineOf,
  type PolygonRings,
  type Position,
  parts,
  pointOf,
  samePosition,
  UnsupportedGeography,
} from "./geography.js";
import { inCellOrder } from "./sphere.js";
import type { Shape } from "./wkb.js";

/** The one point of a geography. */
export function onlyPoint(geography: Geography, name: string): Position {
  const [point] = geography.points;
  if (point === undefined || parts(geography) !== 1)
    throw new Error(`${name} failed: the input must be a single point`);
  return point;
}

/** The one line of a geography. */
export function onlyLine(geography: Geography, name: string): readonly Position[] {
  const [line] = geography.lines;
  if (line === undefined || parts(geography) !== 1)
    throw new Error(`${name} failed: the input must be a single linestring`);
  return line;
}

function onlyPolygon(geography: Geography, name: string): PolygonRings {
  const [polygon] = geography.polygons;
  if (polygon === undefined || parts(geography) !== 1)
    throw new Error(`${name} failed: the input must be a single polygon`);
  return polygon;
}

/** `ST_Point`, .. */
export function geometryType(geography: Geography): string {
  const { points, lines, polygons } = geography;
  const kinds = (
    [
      ["Point", points],
      ["LineString", lines],
      ["Polygon", polygons],
    ] as const
  ).filter(([, list]) => list.length > 0);
  const [only] = kinds;
  if (only === undefined || kinds.length > 1) return "ST_GeometryCollection";
  return `ST_${only[1].length > 1 ? "Multi" : ""}${only[0]}`;
}

/** Points, vertices of lines, and positions of rings, of which the first counts again as the last. */
export function pointCount({ points, lines, polygons }: Geography): number {
  const inLines = lines.reduce((sum, line) => sum + line.length, 0);
  return points.length + inLines + polygons.flat().reduce((sum, ring) => sum + ring.length + 1, 0);
}

/** Counted from 1, or from the end by negative numbers. */
export function pointAt(geography: Geography, index: number, name: string): Geography {
  const line = onlyLine(geography, name);
  const at = index > 0 ? line[index - 1] : index < 0 ? line.at(index) : undefined;
  if (at === undefined) throw new Error(`${name} failed: index ${index} is outside of the linestring`);
  return pointOf(at);
}

const isClosedLine = (line: readonly Position[]): boolean => samePosition(line[0] as Position, line.at(-1) as Position);

export const isClosed = (geography: Geography): boolean =>
  geography.polygons.length === 0 && parts(geography) > 0 && geography.lines.every(isClosedLine);

/** A single closed line that passes no point twice. */
export function isRing(geography: Geography): boolean {
  const [line] = geography.lines;
  if (line === undefined || parts(geography) !== 1 || !isClosedLine(line)) return false;
  const ring = line.slice(0, -1);
  if (new Set(ring.map(String)).size < ring.length) return false;
  const edges = edgesOf(ring, true);
  let simple = true;
  visitPairs(edges, edges, (e, f, how) => {
    if (how === "doubtful") throw new UnsupportedGeography("ST_ISRING of a line that touches itself");
    simple &&= how !== "cross" && (how !== "same" || e === f) && how !== "reverse";
    return simple;
  });
  return simple;
}

/** One geography a part; those of one dimension if it is not negative. */
export function dump({ points, lines, polygons }: Geography, dimensionOf: number): Geography[] {
  if (dimensionOf < -1 || dimensionOf > 2) throw new Error(`ST_DUMP failed: the dimension must be between -1 and 2`);
  const all = [
    ...points.map(pointOf),
    ...lines.map(lineOf),
    ...polygons.map((polygon): Geography => ({ ...EMPTY, polygons: [polygon] })),
  ];
  return dimensionOf < 0 ? all : all.filter((part) => dimension(part) === dimensionOf);
}

const asLine = (ring: readonly Position[]): Geography => lineOf([...ring, ring[0] as Position]);

export function exteriorRing(geography: Geography): Geography {
  const [shell = []] = onlyPolygon(geography, "ST_EXTERIORRING");
  return asLine(shell);
}

/** Counterclockwise, as S2 keeps holes. */
export function interiorRings(geography: Geography): Geography[] {
  const [, ...holes] = onlyPolygon(geography, "ST_INTERIORRINGS");
  return holes.map((hole) => asLine([...hole].reverse()));
}

/** Ends of lines, and lines around polygons. */
export function boundary({ lines, polygons }: Geography): Geography {
  if (polygons.flat().length > polygons.length) throw new UnsupportedGeography("ST_BOUNDARY of a polygon with holes");
  const ends = lines
    .filter((line) => !isClosedLine(line))
    .flatMap((line) => [line[0] as Position, line.at(-1) as Position]);
  if (ends.length > 0 && polygons.length > 0)
    throw new UnsupportedGeography("ST_BOUNDARY of lines and polygons together");
  return {
    points: inCellOrder(ends),
    lines: polygons.map(([shell = []]) => [...shell, shell[0] as Position]),
    polygons: [],
  };
}

/** One line through the points, and the vertices of the lines, in order. */
export function makeLine(geographies: readonly Geography[]): Geography {
  const name = "ST_MakeLine";
  const positions = geographies.flatMap((geography) => {
    const [point] = geography.points;
    if (point !== undefined && parts(geography) === 1) return [point];
    const [line] = geography.lines;
    if (line !== undefined && parts(geography) === 1) return line;
    throw new Error(`${name} failed: each input must be a single point or linestring`);
  });
  if (positions.length === 0) return EMPTY;
  if (positions.length === 1) return pointOf(positions[0] as Position);
  return build({ kind: "line", positions }, { name, oriented: false });
}

/** A polygon whose shell is the first line and whose holes are the others. */
export function makePolygon(lines: readonly Geography[], oriented: boolean): Geography {
  const name = oriented ? "ST_MakePolygonOriented" : "ST_MakePolygon";
  const rings = lines.map((geography) => {
    if (parts(geography) === 0) throw new UnsupportedGeography("The polygon around the whole Earth");
    const line = onlyLine(geography, name);
    return isClosedLine(line) ? line : [...line, line[0] as Position];
  });
  const shape: Shape = { kind: "polygon", rings };
  return build(shape, { name, oriented });
}

const MOST_DIGITS = 10;

/** Every vertex on a grid of a power of ten of degrees. */
export function snapToGrid(geography: Geography, size: number): Geography {
  const name = "ST_SnapToGrid";
  if (!(size > 0)) throw new Error(`${name} failed: the grid size must be positive`);
  const digits = -Math.round(Math.log10(size));
  if (digits < 0 || digits > MOST_DIGITS) throw new Error(`${name} failed: the grid size must be between 1e-10 and 1`);
  const snap = ([lng, lat]: Position): Position => [roundTo(lng, digits), roundTo(lat, digits)];
  const path = (positions: readonly Position[]): Position[] => positions.map(snap);
  const members: Shape[] = [
    ...geography.points.map((point): Shape => ({ kind: "point", position: snap(point) })),
    ...geography.lines.map((line): Shape => ({ kind: "line", positions: path(line) })),
    ...geography.polygons.map((rings): Shape => {
      const closed = rings.map((ring) => path([...ring, ring[0] as Position]));
      if (closed.some((ring) => new Set(ring.map(String)).size < ring.length - 1))
        throw new UnsupportedGeography("ST_SNAPTOGRID of a polygon that loses vertices");
      return { kind: "polygon", rings: closed };
    }),
  ];
  return build({ kind: "collection", members }, { name, oriented: false });
}

/** To so many decimals; a tie may go either way in the service. */
function roundTo(x: number, digits: number): number {
  const scaled = x * 10 ** digits;
  if (Math.abs(Math.abs(scaled % 1) - 0.5) < 1e-9)
    throw new UnsupportedGeography("ST_SNAPTOGRID half-way between two grid lines");
  return Math.round(scaled) / 10 ** digits + 0;
}
