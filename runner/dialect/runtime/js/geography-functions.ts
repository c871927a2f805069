import * as accessors from "../geography/accessors.js";
import { type Box, boundingBox, extent, intersectsBox } from "../geography/boxes.js";
import { build, wrapped } from "../geography/build.js";
import {
  dimension,
  type Geography,
  isEmpty,
  type Position,
  parts,
  pointOf,
  UnsupportedGeography,
} from "../geography/geography.js";
import { geohash, geohashCenter } from "../geography/geohash.js";
import { geoJsonText, readGeoJson } from "../geography/geojson.js";
import { convexHull } from "../geography/hull.js";
import * as lines from "../geography/lines.js";
import * as measures from "../geography/measures.js";
import { type Operation, overlay, unionOf } from "../geography/overlay.js";
import * as predicates from "../geography/predicates.js";
import { type Prepared, prepared } from "../geography/prepared.js";
import { simplified } from "../geography/simplify.js";
import { cellOf, cellParent, coveringCells, positionOf, vectorOf } from "../geography/sphere.js";
import { alongMap } from "../geography/tessellate.js";
import { decodeWkb, encodeWkb, readWkb, type Shape } from "../geography/wkb.js";
import { readWkt, wktText } from "../geography/wkt.js";
import { type JsFunction, lenient, type TypeKey } from "./js-function.js";

/** What a call works with: geographies are their stored bytes. */
interface Call {
  readonly parameters: readonly TypeKey[];
  readonly result: TypeKey;
  readonly call: (...args: never[]) => unknown;
}

type Bytes = Uint8Array;

const stored = (geography: Geography | null): Bytes | null => (geography === null ? null : encodeWkb(geography));

const of = <A extends unknown[]>(
  parameters: readonly TypeKey[],
  result: TypeKey,
  call: (...args: A) => unknown,
): Call => ({ parameters, result, call: call as Call["call"] });

/** From one geography. */
const tell = (result: TypeKey, call: (geography: Geography) => unknown): Call =>
  of(["GEOGRAPHY"], result, (bytes: Bytes) => call(prepared(bytes).geography));
const measure = (call: (geography: Prepared) => number): Call =>
  of(["GEOGRAPHY"], "FLOAT64", (bytes: Bytes) => call(prepared(bytes)));
const change = (call: (geography: Geography) => Geography): Call =>
  of(["GEOGRAPHY"], "GEOGRAPHY", (bytes: Bytes) => stored(call(prepared(bytes).geography)));

/** From two geographies. */
const relation = (call: (a: Prepared, b: Prepared) => boolean): Call =>
  of(["GEOGRAPHY", "GEOGRAPHY"], "BOOL", (a: Bytes, b: Bytes) => call(prepared(a), prepared(b)));
const between = (call: (a: Prepared, b: Prepared) => number | null): Call =>
  of(["GEOGRAPHY", "GEOGRAPHY"], "FLOAT64", (a: Bytes, b: Bytes) => call(prepared(a), prepared(b)));

const combination = (operation: Operation): Call =>
  of(["GEOGRAPHY", "GEOGRAPHY"], "GEOGRAPHY", (a: Bytes, b: Bytes) =>
    stored(overlay(operation, prepared(a), prepared(b))),
  );

const MOST_LEVEL = 30n;

/** Cells over a point or line. Those over a polygon depend on how the service bounds it first. */
function coveringCellIds(bytes: Bytes, min: bigint, max: bigint, cells: bigint, buffer: number): bigint[] {
  const name = "S2_CoveringCellIds";
  const { geography } = prepared(bytes);
  if (min < 0n || max > MOST_LEVEL || min > max)
    throw new Error(`${name} failed: levels must be between 0 and 30, the least first: ${min}, ${max}`);
  if (cells < 1n) throw new Error(`${name} failed: max_cells must be positive: ${cells}`);
  if (isEmpty(geography)) return [];
  const [point] = geography.points;
  const [line] = geography.lines;
  if (buffer !== 0 || parts(geography) > 1 || (point === undefined && line === undefined))
    throw new UnsupportedGeography("S2_COVERINGCELLIDS with a buffer, and of anything but one point or line,");
  if (line === undefined) return [BigInt.asIntN(64, cellOf(point as Position))];
  const options = { minLevel: Number(min), maxLevel: Number(max), maxCells: Number(cells) };
  return coveringCells(line, options).map((cell) => BigInt.asIntN(64, cell));
}

/** NULL without a geography; NULLs do not count. */
function unionOfAll(list: readonly (Bytes | null)[]): Bytes | null {
  const all = list.filter((bytes) => bytes !== null).map(prepared);
  if (all.length === 0) return null;
  return stored(unionOf(all));
}

/** A list's geographies; undefined where an element is NULL. */
function whole(list: readonly (Bytes | null)[]): Geography[] | undefined {
  return list.includes(null) ? undefined : (list as readonly Bytes[]).map(decodeWkb);
}

const sides = (box: Box | undefined): number[] | null =>
  box === undefined ? null : [box.xmin, box.ymin, box.xmax, box.ymax];

type Flags = readonly [oriented: boolean, planar: boolean, makeValid: boolean];

function fromShape(name: string, read: () => Shape, [oriented, planar, makeValid]: Flags): Bytes {
  if (oriented && planar) throw new Error(`${name} failed: oriented and planar cannot both be TRUE`);
  if (oriented && makeValid) throw new Error(`${name} failed: oriented and make_valid cannot both be TRUE`);
  const shape = read();
  return repaired(makeValid, name, () =>
    encodeWkb(build(shape, { name, oriented, ...(planar ? { between: alongMap } : {}) })),
  );
}

const fromText = (text: string, ...flags: Flags): Bytes => fromShape("ST_GeogFromText", () => readWkt(text), flags);

function fromGeoJson(text: string, makeValid: boolean): Bytes {
  const name = "ST_GeogFromGeoJSON";
  const shape = readGeoJson(text);
  return repaired(makeValid, name, () => encodeWkb(build(shape, { name, oriented: false, between: alongMap })));
}

/** What is valid needs no repair. */
function repaired(makeValid: boolean, name: string, call: () => Bytes): Bytes {
  try {
    return call();
  } catch (error) {
    if (!makeValid || error instanceof UnsupportedGeography) throw error;
    throw new UnsupportedGeography(`${name} with make_valid of what is not valid`);
  }
}

const fromWkb = (bytes: Bytes, ...flags: Flags): Bytes => fromShape("ST_GeogFromWKB", () => readWkb(bytes), flags);

function fromHex(text: string, ...flags: Flags): Bytes {
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw new Error("ST_GeogFromWKB failed: Invalid hexadecimal WKB");
  return fromWkb(Buffer.from(text, "hex"), ...flags);
}

/** Text in any of the forms that a GEOGRAPHY is written in: GeoJSON, hexadecimal WKB, WKT. */
export function geographyOfText(text: string): Bytes {
  if (text.trimStart().startsWith("{")) return fromGeoJson(text, false);
  return /^\s*[0-9a-f]+\s*$/i.test(text)
    ? fromHex(text.trim(), false, false, false)
    : fromText(text, false, false, false);
}

function geogPoint(lng: number, lat: number): Bytes {
  const name = "ST_GeogPoint";
  if (!(Math.abs(lat) <= 90))
    throw new Error(`${name} failed: Latitude must be between -90 and 90 degrees. Received: ${lat}`);
  if (!Number.isFinite(lng)) throw new Error(`${name} failed: Longitude must be finite. Received: ${lng}`);
  return encodeWkb(pointOf([wrapped(lng), lat + 0]));
}

/** The coordinates as the service gives them: those of the vectors that it keeps, with all digits. */
function asVectors({ points, lines, polygons }: Geography): Geography {
  const again = (position: Position): Position => positionOf(vectorOf(position));
  return {
    points: points.map(again),
    lines: lines.map((line) => line.map(again)),
    polygons: polygons.map((rings) => rings.map((ring) => ring.map(again))),
  };
}

function cellId(geography: Geography, level: bigint): bigint {
  const name = "S2_CellIdFromPoint";
  const point = accessors.onlyPoint(geography, name);
  if (level < 0n || level > MOST_LEVEL) throw new Error(`${name} failed: the level must be between 0 and 30: ${level}`);
  return BigInt.asIntN(64, cellParent(cellOf(point), Number(level)));
}

function centroidOfAll(list: readonly (Bytes | null)[]): Bytes | null {
  const all = list.flatMap((bytes) => (bytes === null ? [] : [prepared(bytes)]));
  const given = all.filter(({ geography }) => !isEmpty(geography));
  if (all.length === 0) return null;
  const most = Math.max(-1, ...given.map(({ geography }) => dimension(geography)));
  const highest = given.filter(({ geography }) => dimension(geography) === most);
  return stored(measures.centroidOf(highest));
}

/**
 * The functions by their names in SQL. All of them are NULL for a NULL argument.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/geography_functions
 */
export const GEOGRAPHY_CALLS = {
  ST_GEOGPOINT: of(["FLOAT64", "FLOAT64"], "GEOGRAPHY", geogPoint),
  ST_GEOGFROMTEXT: of(["STRING", "BOOL", "BOOL", "BOOL"], "GEOGRAPHY", fromText),
  ST_GEOGFROMGEOJSON: of(["STRING", "BOOL"], "GEOGRAPHY", fromGeoJson),
  ST_GEOGFROMWKB: of(["BYTES", "BOOL", "BOOL", "BOOL"], "GEOGRAPHY", fromWkb),
  ST_GEOGFROMHEX: of(["STRING", "BOOL", "BOOL", "BOOL"], "GEOGRAPHY", fromHex),
  ST_GEOGFROM: of(["STRING"], "GEOGRAPHY", geographyOfText),
  ST_GEOGPOINTFROMGEOHASH: of(["STRING"], "GEOGRAPHY", (text: string) => encodeWkb(pointOf(geohashCenter(text)))),

  ST_ASTEXT: tell("STRING", wktText),
  ST_ASGEOJSON: tell("STRING", geoJsonText),
  ST_ASBINARY: tell("BYTES", (geography) => encodeWkb(asVectors(geography))),
  ST_GEOHASH: of(["GEOGRAPHY", "INT64"], "STRING", (bytes: Bytes, digits: bigint) => {
    const { geography } = prepared(bytes);
    return isEmpty(geography) ? null : geohash(accessors.onlyPoint(geography, "ST_GeoHash"), Number(digits));
  }),
  S2_CELLIDFROMPOINT: of(["GEOGRAPHY", "INT64"], "INT64", (bytes: Bytes, level: bigint) =>
    cellId(prepared(bytes).geography, level),
  ),
  S2_COVERINGCELLIDS: of(["GEOGRAPHY", "INT64", "INT64", "INT64", "FLOAT64"], "INTS", coveringCellIds),

  ST_X: tell("FLOAT64", (geography) => accessors.onlyPoint(geography, "ST_X")[0]),
  ST_Y: tell("FLOAT64", (geography) => accessors.onlyPoint(geography, "ST_Y")[1]),
  ST_GEOMETRYTYPE: tell("STRING", accessors.geometryType),
  ST_DIMENSION: tell("INT64", (geography) => BigInt(dimension(geography))),
  ST_NUMPOINTS: tell("INT64", (geography) => BigInt(accessors.pointCount(geography))),
  ST_NUMGEOMETRIES: tell("INT64", (geography) => BigInt(parts(geography))),
  ST_ISEMPTY: tell("BOOL", isEmpty),
  ST_ISCOLLECTION: tell("BOOL", (geography) => parts(geography) > 1),
  ST_ISCLOSED: tell("BOOL", accessors.isClosed),
  ST_ISRING: tell("BOOL", accessors.isRing),
  ST_STARTPOINT: change((geography) => accessors.pointAt(geography, 1, "ST_StartPoint")),
  ST_ENDPOINT: change((geography) => accessors.pointAt(geography, -1, "ST_EndPoint")),
  ST_POINTN: of(["GEOGRAPHY", "INT64"], "GEOGRAPHY", (bytes: Bytes, index: bigint) =>
    stored(accessors.pointAt(prepared(bytes).geography, Number(index), "ST_PointN")),
  ),
  ST_EXTERIORRING: change(accessors.exteriorRing),
  ST_INTERIORRINGS: tell("GEOGRAPHIES", (geography) => accessors.interiorRings(geography).map(encodeWkb)),
  ST_DUMP: of(["GEOGRAPHY", "INT64"], "GEOGRAPHIES", (bytes: Bytes, wanted: bigint) =>
    accessors.dump(prepared(bytes).geography, Number(wanted)).map(encodeWkb),
  ),

  ST_BOUNDARY: change(accessors.boundary),
  ST_CENTROID: of(["GEOGRAPHY"], "GEOGRAPHY", (bytes: Bytes) => stored(measures.centroidOf([prepared(bytes)]))),
  ST_SNAPTOGRID: of(["GEOGRAPHY", "FLOAT64"], "GEOGRAPHY", (bytes: Bytes, size: number) =>
    stored(accessors.snapToGrid(prepared(bytes).geography, size)),
  ),
  ST_MAKELINE: of(["GEOGRAPHIES"], "GEOGRAPHY", (list: readonly (Bytes | null)[]) => {
    const all = whole(list);
    return all === undefined ? null : stored(accessors.makeLine(all));
  }),
  ST_MAKEPOLYGON: of(["GEOGRAPHIES"], "GEOGRAPHY", (list: readonly (Bytes | null)[]) => {
    const all = whole(list);
    return all === undefined ? null : stored(accessors.makePolygon(all, false));
  }),
  ST_MAKEPOLYGONORIENTED: of(["GEOGRAPHIES"], "GEOGRAPHY", (list: readonly (Bytes | null)[]) => {
    const all = whole(list);
    return all === undefined ? null : stored(accessors.makePolygon(all, true));
  }),

  ST_CONVEXHULL: of(["GEOGRAPHY"], "GEOGRAPHY", (bytes: Bytes) => stored(convexHull(prepared(bytes)))),
  ST_SIMPLIFY: of(["GEOGRAPHY", "FLOAT64"], "GEOGRAPHY", (bytes: Bytes, tolerance: number) =>
    stored(simplified(prepared(bytes).geography, tolerance)),
  ),
  ST_CLOSESTPOINT: of(["GEOGRAPHY", "GEOGRAPHY"], "GEOGRAPHY", (a: Bytes, b: Bytes) =>
    stored(lines.closestPoint(prepared(a), prepared(b))),
  ),
  ST_LINEINTERPOLATEPOINT: of(["GEOGRAPHY", "FLOAT64"], "GEOGRAPHY", (bytes: Bytes, fraction: number) => {
    const { geography, lineEdges } = prepared(bytes);
    if (isEmpty(geography)) return bytes;
    const line = accessors.onlyLine(geography, "ST_LineInterpolatePoint");
    return stored(lines.interpolated(line, lineEdges, fraction));
  }),
  ST_LINESUBSTRING: of(["GEOGRAPHY", "FLOAT64", "FLOAT64"], "GEOGRAPHY", (bytes: Bytes, start: number, end: number) => {
    const { geography, lineEdges } = prepared(bytes);
    return stored(lines.substring(accessors.onlyLine(geography, "ST_LineSubstring"), lineEdges, start, end));
  }),

  ST_UNION: combination("UNION"),
  ST_INTERSECTION: combination("INTERSECTION"),
  ST_DIFFERENCE: combination("DIFFERENCE"),
  ST_UNION_AGG: of(["GEOGRAPHIES"], "GEOGRAPHY", unionOfAll),

  ST_INTERSECTS: relation((a, b) => predicates.intersects(a, b, "ST_INTERSECTS")),
  ST_DISJOINT: relation((a, b) => !predicates.intersects(a, b, "ST_DISJOINT")),
  ST_COVERS: relation((a, b) => predicates.covers(a, b, "ST_COVERS")),
  ST_COVEREDBY: relation((a, b) => predicates.covers(b, a, "ST_COVEREDBY")),
  ST_CONTAINS: relation((a, b) => predicates.contains(a, b, "ST_CONTAINS")),
  ST_WITHIN: relation((a, b) => predicates.contains(b, a, "ST_WITHIN")),
  ST_TOUCHES: relation((a, b) => predicates.touches(a, b, "ST_TOUCHES")),
  ST_EQUALS: relation((a, b) => predicates.equals(a, b, "ST_EQUALS")),
  ST_DWITHIN: of(["GEOGRAPHY", "GEOGRAPHY", "FLOAT64"], "BOOL", (a: Bytes, b: Bytes, most: number) =>
    measures.isWithinDistance(prepared(a), prepared(b), most, "ST_DWITHIN"),
  ),
  ST_INTERSECTSBOX: of(
    ["GEOGRAPHY", "FLOAT64", "FLOAT64", "FLOAT64", "FLOAT64"],
    "BOOL",
    (bytes: Bytes, lng1: number, lat1: number, lng2: number, lat2: number) =>
      intersectsBox(prepared(bytes), [lng1, lat1, lng2, lat2]),
  ),

  ST_AREA: measure(measures.area),
  ST_LENGTH: measure(measures.lineLength),
  ST_PERIMETER: measure(measures.perimeter),
  ST_DISTANCE: between((a, b) => measures.distance(a, b, "ST_DISTANCE")),
  ST_MAXDISTANCE: between(measures.maxDistance),
  ST_LINELOCATEPOINT: between((line, point) => {
    accessors.onlyLine(line.geography, "ST_LineLocatePoint");
    return lines.located(line.lineEdges, accessors.onlyPoint(point.geography, "ST_LineLocatePoint"));
  }),
  ST_HAUSDORFFDISTANCE: of(["GEOGRAPHY", "GEOGRAPHY", "BOOL"], "FLOAT64", (a: Bytes, b: Bytes, directed: boolean) =>
    lines.hausdorffDistance(prepared(a), prepared(b), directed),
  ),
  ST_HAUSDORFFDWITHIN: of(
    ["GEOGRAPHY", "GEOGRAPHY", "FLOAT64", "BOOL"],
    "BOOL",
    (a: Bytes, b: Bytes, most: number, directed: boolean) => {
      const apart = lines.hausdorffDistance(prepared(a), prepared(b), directed);
      return measures.isAtMost(apart, most, "ST_HAUSDORFFDWITHIN");
    },
  ),
  ST_AZIMUTH: between((a, b) =>
    measures.azimuth(accessors.onlyPoint(a.geography, "ST_Azimuth"), accessors.onlyPoint(b.geography, "ST_Azimuth")),
  ),
  ST_ANGLE: of(["GEOGRAPHY", "GEOGRAPHY", "GEOGRAPHY"], "FLOAT64", (...all: [Bytes, Bytes, Bytes]) => {
    const [from, center, to] = all.map((bytes) => accessors.onlyPoint(prepared(bytes).geography, "ST_Angle"));
    return from && center && to ? measures.clockwiseAngle(from, center, to) : null;
  }),
  ST_BOUNDINGBOX: of(["GEOGRAPHY"], "FLOATS", (bytes: Bytes) => sides(boundingBox([prepared(bytes)]))),
  ST_EXTENT: of(["GEOGRAPHIES"], "FLOATS", (list: readonly (Bytes | null)[]) =>
    sides(extent(list.flatMap((bytes) => (bytes === null ? [] : [prepared(bytes)])))),
  ),
  ST_CENTROID_AGG: of(["GEOGRAPHIES"], "GEOGRAPHY", centroidOfAll),
} satisfies Readonly<Record<string, Call>>;

export type GeographyName = keyof typeof GEOGRAPHY_CALLS;

const CALLS: ReadonlyMap<string, Call> = new Map(Object.entries(GEOGRAPHY_CALLS));

/** The DuckDB function of all calls of one signature: it takes the name of the call before the arguments. */
const functionOf = ({ parameters, result }: Call): string =>
  `bq_st_${[...parameters, "to", result].join("_").toLowerCase()}`;

/**
 * DuckDB text of a call.
 * @param safe NULL where the service fails; what the engine cannot answer fails all the same
 */
export function geographyCall(name: GeographyName, args: readonly string[], safe = false): string {
  return `${functionOf(GEOGRAPHY_CALLS[name])}(${[`'${safe ? "SAFE." : ""}${name}'`, ...args].join(", ")})`;
}

function callByName(name: string, args: readonly unknown[]): unknown {
  if (args.includes(null)) return null;
  const isSafe = name.startsWith("SAFE.");
  const { call } = CALLS.get(isSafe ? name.slice(5) : name) as Call;
  try {
    return (call as (...args: readonly unknown[]) => unknown)(...args);
  } catch (error) {
    if (isSafe && !(error instanceof UnsupportedGeography)) return null;
    throw error;
  }
}

/** One function a signature. */
export const GEOGRAPHY_JS_FUNCTIONS: readonly JsFunction[] = [
  ...new Map([...CALLS.values()].map((call) => [functionOf(call), call])),
].map(([name, { parameters, result }]) =>
  lenient(name, ["STRING", ...parameters], result, (call, ...args) =>
    call === null ? null : (callByName(call, args) as never),
  ),
);
