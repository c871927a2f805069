import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { unsupported } from "../../googlesql/errors.js";
import type { SqlType } from "../../port/sql-types.js";
import { bindOnce } from "../print/bind.js";
import { type GeographyName, geographyCall } from "../runtime/js/geography-functions.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { derive, type Typed } from "../types/typed.js";
import { spanOf, splitArguments, wrongArguments } from "./arguments.js";
import {
  type AggregateModifier,
  aggregate,
  aggregateOn,
  type CallContext,
  type Family,
  type FunctionDefinition,
  special,
} from "./definition.js";

const DOC = "geography_functions";
const GEOGRAPHIES: SqlType = { kind: "array", element: "GEOGRAPHY" };
const BOX: SqlType = {
  kind: "struct",
  fields: ["xmin", "ymin", "xmax", "ymax"].map((name) => ({ name, type: "FLOAT64" })),
};

/** One way to call a function: types in order, what missing ones are, and names of arguments that may be given by name. */
interface Shape {
  readonly types: readonly SqlType[];
  /** DuckDB text of the last arguments where they are missing. */
  readonly otherwise?: readonly string[];
  /** Upper-case names of the last arguments. */
  readonly named?: readonly string[];
  /** The call is of this function, and has these arguments. */
  readonly as?: GeographyName;
  readonly build?: (args: readonly string[]) => readonly string[];
}

interface Result {
  readonly type: SqlType;
  /** May be NULL though no argument is. */
  readonly nullable?: boolean;
  readonly wrap?: (sql: string) => string;
}

/** The last argument of measures. The service has no other sphere than the perfect one for most of them. */
const SPHEROID = "USE_SPHEROID";

function geography(name: string, result: Result, ...shapes: readonly Shape[]): FunctionDefinition {
  // What SAFE turns into NULL is what the service fails for, not what is refused here.
  const resolve = (call: CallExpr, context: CallContext) => resolveGeography(call, context, result, shapes);
  return special(`${DOC}#${name.toLowerCase()}`, resolve, { ownSafe: true });
}

function resolveGeography(
  call: CallExpr,
  context: CallContext,
  { type, nullable, wrap }: Result,
  shapes: readonly Shape[],
): Typed {
  const names = shapes.flatMap(({ named = [] }) => named);
  const most = Math.max(...shapes.map(({ types }) => types.length));
  const { positional, named } = splitArguments(call, 0, most, names);
  const given = positional.map((expr) => context.resolve(expr));
  const byName = new Map([...named].map(([name, expr]) => [name, context.resolve(expr)]));
  for (const shape of shapes) {
    const args = argumentsOf(shape, given, byName);
    if (args === undefined) continue;
    requireSphere(call, shape, args, positional);
    const texts = (shape.build ?? same)(args.map((arg) => (typeof arg === "string" ? arg : arg.sql)));
    const sql = geographyCall(shape.as ?? (call.name as GeographyName), texts, call.safe);
    const typed = args.filter((arg) => typeof arg !== "string");
    const mayBeNull = nullable === true || call.safe ? true : undefined;
    return derive(wrap === undefined ? sql : wrap(sql), type, spanOf(call), typed, mayBeNull);
  }
  const supported = shapes.map(({ types }) => `${call.name}(${types.map(typeText).join(", ")})`).join("; ");
  throw wrongArguments(call, [...given, ...byName.values()], supported);
}

const same = (args: readonly string[]): readonly string[] => args;

const typeText = (type: SqlType): string => (typeof type === "string" ? type : "ARRAY<GEOGRAPHY>");

/** Arguments in the order of the shape, those that are missing as texts; undefined: they do not fit. */
function argumentsOf(
  { types, otherwise = [], named = [] }: Shape,
  given: readonly Typed[],
  byName: ReadonlyMap<string, Typed>,
): (Typed | string)[] | undefined {
  const args: (Typed | string)[] = [];
  let used = 0;
  for (const [i, type] of types.entries()) {
    const name = named[i - (types.length - named.length)];
    const own = name === undefined ? undefined : byName.get(name);
    if (own !== undefined) used += 1;
    const value = own ?? given[i];
    if (value === undefined) {
      const text = otherwise[i - (types.length - otherwise.length)];
      if (text === undefined) return undefined;
      args.push(text);
    } else {
      if ((own !== undefined && given[i] !== undefined) || coercionCost(value, type) === undefined) return undefined;
      args.push(coerce(value, type));
    }
  }
  return given.length > types.length || used < byName.size ? undefined : args;
}

/** The spheroid of WGS84 is not computed with. */
function requireSphere(
  call: CallExpr,
  { named = [] }: Shape,
  args: readonly (Typed | string)[],
  positional: readonly Expr[],
): void {
  if (!named.includes(SPHEROID)) return;
  const flag = args.at(-1);
  if (flag === undefined || typeof flag === "string") return;
  if (flag.literal?.kind === "bool" && !flag.literal.value) return;
  throw unsupported(`${call.name} with use_spheroid`, positional.at(-1) ?? call);
}

const G: SqlType = "GEOGRAPHY";
const one: Shape = { types: [G] };
const two: Shape = { types: [G, G] };

/** A measure, which takes `use_spheroid`; the flag itself goes no further. */
const onSphere = (types: readonly SqlType[]): Shape => ({
  types: [...types, "BOOL"],
  otherwise: ["false"],
  named: [SPHEROID],
  build: (args) => args.slice(0, -1),
});

/** A text or bytes, and how polygons and edges in it are meant. */
const flagged = (type: SqlType): Shape => ({
  types: [type, "BOOL", "BOOL", "BOOL"],
  otherwise: ["false", "false", "false"],
  named: ["ORIENTED", "PLANAR", "MAKE_VALID"],
});

function simple(type: SqlType, shape: Shape, names: string, nullable = false): Family {
  return Object.fromEntries(names.split(" ").map((name) => [name, geography(name, { type, nullable }, shape)]));
}

/** Four numbers as a box. */
const boxOf = (sql: string): string =>
  bindOnce([sql], ([box]) => {
    const fields = ["xmin", "ymin", "xmax", "ymax"].map((name, i) => `'${name}': ${box}[${i + 1}]`);
    return `CASE WHEN ${box} IS NOT NULL THEN {${fields.join(", ")}} END`;
  });

const PLAIN: readonly AggregateModifier[] = [];

/** An aggregate over the list of all values. */
function overall(
  name: "ST_EXTENT" | "ST_CENTROID_AGG" | "ST_UNION_AGG",
  result: string,
  wrap: (sql: string) => string = (sql) => sql,
) {
  return aggregate(
    `${DOC}#${name.toLowerCase()}`,
    PLAIN,
    aggregateOn(`(GEOGRAPHY) -> ${result}?`, (args, call) => wrap(geographyCall(name, [call.of("list", args)]))),
  );
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/geography_functions */
export const GEOGRAPHY_FUNCTIONS: Family = {
  ...simple(G, { types: ["FLOAT64", "FLOAT64"] }, "ST_GEOGPOINT"),
  ST_GEOGFROMTEXT: geography("ST_GEOGFROMTEXT", { type: G }, flagged("STRING")),
  ST_GEOGFROMGEOJSON: geography(
    "ST_GEOGFROMGEOJSON",
    { type: G },
    { types: ["STRING", "BOOL"], otherwise: ["false"], named: ["MAKE_VALID"] },
  ),
  ST_GEOGFROMWKB: geography("ST_GEOGFROMWKB", { type: G }, flagged("BYTES"), {
    ...flagged("STRING"),
    as: "ST_GEOGFROMHEX",
  }),
  ST_GEOGFROM: geography(
    "ST_GEOGFROM",
    { type: G },
    { types: ["BYTES"], as: "ST_GEOGFROMWKB", build: ([bytes = ""]) => [bytes, "false", "false", "false"] },
    { types: ["STRING"] },
  ),
  ...simple(G, { types: ["STRING"] }, "ST_GEOGPOINTFROMGEOHASH"),

  ...simple("STRING", one, "ST_ASTEXT ST_ASGEOJSON ST_GEOMETRYTYPE"),
  ...simple("BYTES", one, "ST_ASBINARY"),
  ...simple("STRING", { types: [G, "INT64"], otherwise: ["CAST(20 AS BIGINT)"] }, "ST_GEOHASH", true),
  ...simple(
    "INT64",
    { types: [G, "INT64"], otherwise: ["CAST(30 AS BIGINT)"], named: ["LEVEL"] },
    "S2_CELLIDFROMPOINT",
  ),

  ...simple(
    { kind: "array", element: "INT64" },
    {
      types: [G, "INT64", "INT64", "INT64", "FLOAT64"],
      otherwise: ["CAST(0 AS BIGINT)", "CAST(30 AS BIGINT)", "CAST(8 AS BIGINT)", "0e0"],
      named: ["MIN_LEVEL", "MAX_LEVEL", "MAX_CELLS", "BUFFER"],
    },
    "S2_COVERINGCELLIDS",
  ),

  ...simple("FLOAT64", one, "ST_X ST_Y"),
  ...simple("INT64", one, "ST_DIMENSION ST_NUMPOINTS ST_NUMGEOMETRIES"),
  ST_NPOINTS: geography("ST_NPOINTS", { type: "INT64" }, { types: [G], as: "ST_NUMPOINTS" }),
  ...simple("BOOL", one, "ST_ISEMPTY ST_ISCOLLECTION ST_ISCLOSED ST_ISRING"),
  ...simple(G, one, "ST_STARTPOINT ST_ENDPOINT ST_EXTERIORRING ST_BOUNDARY ST_CENTROID"),
  ...simple(G, { types: [G, "INT64"] }, "ST_POINTN"),
  ...simple(GEOGRAPHIES, one, "ST_INTERIORRINGS"),
  ...simple(GEOGRAPHIES, { types: [G, "INT64"], otherwise: ["CAST(-1 AS BIGINT)"] }, "ST_DUMP"),

  ...simple(G, { types: [G, "FLOAT64"] }, "ST_SNAPTOGRID ST_SIMPLIFY"),
  ST_MAKELINE: geography(
    "ST_MAKELINE",
    { type: G, nullable: true },
    { types: [GEOGRAPHIES] },
    { types: [G, G], build: (args) => [listOf(args)] },
  ),
  ST_MAKEPOLYGON: geography(
    "ST_MAKEPOLYGON",
    { type: G, nullable: true },
    { types: [G], build: (args) => [listOf(args)] },
    { types: [G, GEOGRAPHIES], build: ([shell, holes]) => [`list_prepend(${shell}, ${holes})`] },
  ),
  ...simple(G, { types: [GEOGRAPHIES] }, "ST_MAKEPOLYGONORIENTED", true),

  ...simple(G, one, "ST_CONVEXHULL", true),
  ...simple(G, onSphere([G, G]), "ST_CLOSESTPOINT", true),
  ...simple(G, { types: [G, "FLOAT64"] }, "ST_LINEINTERPOLATEPOINT"),
  ...simple(G, { types: [G, "FLOAT64", "FLOAT64"] }, "ST_LINESUBSTRING"),
  ...simple("FLOAT64", two, "ST_LINELOCATEPOINT"),
  ...simple(G, two, "ST_INTERSECTION ST_DIFFERENCE"),
  ST_UNION: geography("ST_UNION", { type: G, nullable: true }, two, { types: [GEOGRAPHIES], as: "ST_UNION_AGG" }),
  ST_UNION_AGG: overall("ST_UNION_AGG", "GEOGRAPHY"),

  ...simple("BOOL", two, "ST_INTERSECTS ST_DISJOINT ST_COVERS ST_COVEREDBY ST_CONTAINS ST_WITHIN ST_TOUCHES ST_EQUALS"),
  ...simple("BOOL", onSphere([G, G, "FLOAT64"]), "ST_DWITHIN"),
  ...simple("BOOL", { types: [G, "FLOAT64", "FLOAT64", "FLOAT64", "FLOAT64"] }, "ST_INTERSECTSBOX"),

  ...simple("FLOAT64", onSphere([G]), "ST_AREA ST_LENGTH ST_PERIMETER"),
  ...simple("FLOAT64", onSphere([G, G]), "ST_DISTANCE ST_MAXDISTANCE", true),
  ...simple(
    "FLOAT64",
    { types: [G, G, "BOOL"], otherwise: ["false"], named: ["DIRECTED"] },
    "ST_HAUSDORFFDISTANCE",
    true,
  ),
  ...simple(
    "BOOL",
    { types: [G, G, "FLOAT64", "BOOL"], otherwise: ["false"], named: ["DIRECTED"] },
    "ST_HAUSDORFFDWITHIN",
  ),
  ...simple("FLOAT64", two, "ST_AZIMUTH", true),
  ...simple("FLOAT64", { types: [G, G, G] }, "ST_ANGLE", true),
  ST_BOUNDINGBOX: geography("ST_BOUNDINGBOX", { type: BOX, nullable: true, wrap: boxOf }, one),
  ST_EXTENT: overall("ST_EXTENT", "STRUCT<xmin FLOAT64, ymin FLOAT64, xmax FLOAT64, ymax FLOAT64>", boxOf),
  ST_CENTROID_AGG: overall("ST_CENTROID_AGG", "GEOGRAPHY"),
};

const listOf = (args: readonly string[]): string => `[${args.join(", ")}]`;
