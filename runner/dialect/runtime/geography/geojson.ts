import { type Geography, type Position, UnsupportedGeography } from "./geography.js";
import { alongGeodesic } from "./tessellate.js";
import type { Shape } from "./wkb.js";
import { coordinateText } from "./wkt.js";

const position = ([lng, lat]: Position): string => `[${coordinateText(lng)}, ${coordinateText(lat)}]`;

const list = (items: readonly string[]): string => `[ ${items.join(", ")} ]`;

/** A path whose straight lines follow the geodesics. */
function path(positions: readonly Position[], closed: boolean): string {
  const ends = closed ? [...positions, positions[0] as Position] : positions;
  const dense = ends.flatMap((to, i) => {
    const from = ends[i - 1];
    if (from === undefined) return [to];
    if (Math.abs(to[0] - from[0]) >= 180) throw new UnsupportedGeography("ST_ASGEOJSON across the antimeridian");
    return [...alongGeodesic(from, to), to];
  });
  return list(dense.map(position));
}

/** GeoJSON as the service writes it, blanks included. */
export function geoJsonText(geography: Geography): string {
  const { points, lines, polygons } = geography;
  if ([points, lines, polygons].filter((kind) => kind.length > 0).length !== 1)
    throw new UnsupportedGeography("ST_ASGEOJSON of a GEOMETRYCOLLECTION");
  const [kind, items]: [string, readonly string[]] =
    points.length > 0
      ? ["Point", points.map(position)]
      : lines.length > 0
        ? ["LineString", lines.map((line) => path(line, false))]
        : ["Polygon", polygons.map((rings) => list(rings.map((ring) => path(ring, true))))];
  const [only, ...more] = items as [string, ...string[]];
  const written = more.length === 0 ? [kind, only] : [`Multi${kind}`, list(items)];
  return `{ "type": "${written[0]}", "coordinates": ${written[1]} } `;
}

const fail = (message: string): never => {
  throw new Error(`ST_GeogFromGeoJSON failed: ${message}`);
};

/**
 * @throws Error for what is no geometry of GeoJSON
 */
export function readGeoJson(text: string): Shape {
  try {
    return geometry(JSON.parse(text), 0);
  } catch (error) {
    if (error instanceof SyntaxError) fail("Invalid GeoJSON: the text is no JSON");
    throw error;
  }
}

function geometry(value: unknown, depth: number): Shape {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > 100)
    return fail("Invalid GeoJSON: a geometry must be an object");
  const { type, coordinates, geometries } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case "Point": {
      const isEmpty = Array.isArray(coordinates) && coordinates.length === 0;
      return { kind: "point", position: isEmpty ? undefined : positionIn(coordinates) };
    }
    case "LineString":
      return { kind: "line", positions: items(coordinates).map(positionIn) };
    case "Polygon":
      return polygon(coordinates);
    case "MultiPoint": {
      const members = items(coordinates).map((item): Shape => ({ kind: "point", position: positionIn(item) }));
      return { kind: "collection", members };
    }
    case "MultiLineString": {
      const members = items(coordinates).map(
        (item): Shape => ({ kind: "line", positions: items(item).map(positionIn) }),
      );
      return { kind: "collection", members };
    }
    case "MultiPolygon":
      return { kind: "collection", members: items(coordinates).map(polygon) };
    case "GeometryCollection":
      return { kind: "collection", members: items(geometries).map((item) => geometry(item, depth + 1)) };
    default:
      return fail(`Invalid GeoJSON: unknown geometry type ${JSON.stringify(type)}`);
  }
}

const polygon = (value: unknown): Shape => ({
  kind: "polygon",
  rings: items(value).map((ring) => items(ring).map(positionIn)),
});

const items = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : fail("Invalid GeoJSON: coordinates must be an array");

function positionIn(value: unknown): Position {
  const [lng, lat, ...more] = items(value);
  if (typeof lng !== "number" || typeof lat !== "number" || more.length > 0)
    return fail("Invalid GeoJSON: a position must have two numbers");
  return [lng, lat];
}
