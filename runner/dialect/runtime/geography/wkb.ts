import { EMPTY, type Geography, type PolygonRings, type Position, parts } from "./geography.js";

/** https://www.ogc.org/standards/sfa: well-known binary, by which a geography is stored as DuckDB's GEOMETRY. */
const POINT = 1;
const LINE = 2;
const POLYGON = 3;
const MULTI = 3;
const COLLECTION = 7;

/** Little-endian WKB. Collections hold multipoint, multilinestring and multipolygon where there are several of a kind. */
export function encodeWkb(geography: Geography): Uint8Array {
  const { points, lines, polygons } = geography;
  const writer = new Writer();
  const kinds = [
    () => writer.several(POINT, points, (point) => writer.position(point)),
    () => writer.several(LINE, lines, (line) => writer.positions(line)),
    () => writer.several(POLYGON, polygons, (polygon) => writer.rings(polygon)),
  ].filter((_, i) => [points, lines, polygons][i]?.length !== 0);
  if (kinds.length !== 1) {
    writer.head(COLLECTION);
    writer.count(kinds.length);
  }
  for (const kind of kinds) kind();
  return writer.bytes();
}

class Writer {
  readonly #chunks: Buffer[] = [];

  head(type: number): void {
    const head = Buffer.alloc(5);
    head.writeUInt8(1, 0);
    head.writeUInt32LE(type, 1);
    this.#chunks.push(head);
  }

  count(count: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(count);
    this.#chunks.push(bytes);
  }

  several<T>(type: number, items: readonly T[], write: (item: T) => void): void {
    if (items.length > 1) {
      this.head(type + MULTI);
      this.count(items.length);
    }
    for (const item of items) {
      this.head(type);
      write(item);
    }
  }

  position([lng, lat]: Position): void {
    const bytes = Buffer.alloc(16);
    bytes.writeDoubleLE(lng, 0);
    bytes.writeDoubleLE(lat, 8);
    this.#chunks.push(bytes);
  }

  positions(line: readonly Position[]): void {
    this.count(line.length);
    for (const position of line) this.position(position);
  }

  rings(polygon: PolygonRings): void {
    this.count(polygon.length);
    for (const ring of polygon) this.positions([...ring, ring[0] as Position]);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

/** What well-known binary or text says, before it is known to be a geography. */
export type Shape =
  | { readonly kind: "point"; readonly position: Position | undefined }
  | { readonly kind: "line"; readonly positions: readonly Position[] }
  | { readonly kind: "polygon"; readonly rings: readonly (readonly Position[])[] }
  | { readonly kind: "collection"; readonly members: readonly Shape[] };

/**
 * @throws Error where it is no well-known binary of two dimensions
 */
export function readWkb(bytes: Uint8Array): Shape {
  const reader = new Reader(bytes);
  const shape = reader.shape(0);
  if (!reader.atEnd()) throw new Error("ST_GeogFromWKB failed: Invalid WKB: bytes after the geometry");
  return shape;
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  atEnd(): boolean {
    return this.#at === this.#view.byteLength;
  }

  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.#view.byteLength) throw new Error("ST_GeogFromWKB failed: Invalid WKB: unexpected end");
    this.#at += size;
    return at;
  }

  #position(little: boolean): Position {
    const at = this.#take(16);
    return [this.#view.getFloat64(at, little), this.#view.getFloat64(at + 8, little)];
  }

  #list<T>(little: boolean, read: () => T): T[] {
    const count = this.#view.getUint32(this.#take(4), little);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read());
    return items;
  }

  shape(depth: number): Shape {
    const order = this.#view.getUint8(this.#take(1));
    if (order > 1 || depth > 100) throw new Error("ST_GeogFromWKB failed: Invalid WKB: unknown byte order");
    const little = order === 1;
    const type = this.#view.getUint32(this.#take(4), little);
    const positions = () => this.#list(little, () => this.#position(little));
    if (type === POINT) {
      const position = this.#position(little);
      return { kind: "point", position: position.every(Number.isNaN) ? undefined : position };
    }
    if (type === LINE) return { kind: "line", positions: positions() };
    if (type === POLYGON) return { kind: "polygon", rings: this.#list(little, positions) };
    if (type > POLYGON && type <= COLLECTION)
      return { kind: "collection", members: this.#list(little, () => this.shape(depth + 1)) };
    throw new Error(`ST_GeogFromWKB failed: Invalid WKB: unsupported geometry type ${type}`);
  }
}

/** A stored geography, which is known to be one. */
export function decodeWkb(bytes: Uint8Array): Geography {
  const geography = { points: [] as Position[], lines: [] as (readonly Position[])[], polygons: [] as PolygonRings[] };
  collect(readWkb(bytes), geography);
  return parts(geography) === 0 ? EMPTY : geography;
}

function collect(
  shape: Shape,
  into: { points: Position[]; lines: (readonly Position[])[]; polygons: PolygonRings[] },
): void {
  if (shape.kind === "collection") for (const member of shape.members) collect(member, into);
  else if (shape.kind === "line") into.lines.push(shape.positions);
  else if (shape.kind === "polygon") into.polygons.push(shape.rings.map((ring) => ring.slice(0, -1)));
  else if (shape.position !== undefined) into.points.push(shape.position);
}
