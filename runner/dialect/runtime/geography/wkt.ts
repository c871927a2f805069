import { generalText } from "../float-text.js";
import { type Geography, type PolygonRings, type Position, parts, UnsupportedGeography } from "./geography.js";
import type { Shape } from "./wkb.js";

/** A coordinate as the service writes it: 15 digits at most. */
export const coordinateText = (x: number): string => generalText(x === 0 ? 0 : x, 15);

type NumberText = (x: number) => string;

const listText = (positions: readonly Position[], text: NumberText): string =>
  `(${positions.map(([lng, lat]) => `${text(lng)} ${text(lat)}`).join(", ")})`;

const ringsText = (rings: PolygonRings, text: NumberText): string =>
  `(${rings.map((ring) => listText([...ring, ring[0] as Position], text)).join(", ")})`;

/** Well-known text. https://cloud.google.com/bigquery/docs/reference/standard-sql/geography_functions#st_astext */
export const wktText = (geography: Geography): string => written(geography, coordinateText);

/** Well-known text with all digits of the coordinates. */
export const exactWkt = (geography: Geography): string => written(geography, String);

function written(geography: Geography, text: NumberText): string {
  const { points, lines, polygons } = geography;
  if (parts(geography) === 0) return "GEOMETRYCOLLECTION EMPTY";
  const kinds = [
    points.length > 0 && `${points.length > 1 ? "MULTI" : ""}POINT${listText(points, text)}`,
    several(
      "LINESTRING",
      lines.map((line) => listText(line, text)),
    ),
    several(
      "POLYGON",
      polygons.map((rings) => ringsText(rings, text)),
    ),
  ].filter((part) => part !== false);
  return kinds.length === 1 ? (kinds[0] as string) : `GEOMETRYCOLLECTION(${kinds.join(", ")})`;
}

function several(name: string, items: readonly string[]): string | false {
  if (items.length > 1) return `MULTI${name}(${items.join(", ")})`;
  return items.length === 1 && `${name}${items[0]}`;
}

/**
 * @throws Error where the text is no well-known text of two dimensions
 */
export function readWkt(text: string): Shape {
  const reader = new Reader(text);
  const shape = reader.shape(0);
  reader.end();
  return shape;
}

const TOKEN = /\s*(?:([A-Za-z]+)|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([(),]))/y;

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  #fail(): never {
    throw new Error(`ST_GeogFromText failed: Invalid WKT: "${this.text.slice(0, 200)}"`);
  }

  #peek(): readonly [word: string | undefined, number: string | undefined, mark: string | undefined, end: number] {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.text);
    if (match === null) return [undefined, undefined, undefined, this.#at];
    return [match[1]?.toUpperCase(), match[2], match[3], TOKEN.lastIndex];
  }

  #word(): string {
    const [word, , , end] = this.#peek();
    if (word === undefined) this.#fail();
    this.#at = end;
    return word;
  }

  #number(): number {
    const [, number, , end] = this.#peek();
    if (number === undefined) this.#fail();
    this.#at = end;
    return Number(number);
  }

  #has(mark: string): boolean {
    const [, , found, end] = this.#peek();
    if (found !== mark) return false;
    this.#at = end;
    return true;
  }

  #empty(): boolean {
    const [word, , , end] = this.#peek();
    if (word !== "EMPTY") return false;
    this.#at = end;
    return true;
  }

  end(): void {
    if (this.text.slice(this.#at).trim() !== "") this.#fail();
  }

  #list<T>(item: () => T): T[] {
    if (this.#empty()) return [];
    if (!this.#has("(")) this.#fail();
    const items = [item()];
    while (this.#has(",")) items.push(item());
    if (!this.#has(")")) this.#fail();
    return items;
  }

  #position(): Position {
    return [this.#number(), this.#number()];
  }

  #positions(): Position[] {
    return this.#list(() => this.#position());
  }

  #rings(): Position[][] {
    return this.#list(() => this.#positions());
  }

  /** A position of a multipoint, with or without parentheses. */
  #member(): Shape {
    if (this.#empty()) return { kind: "point", position: undefined };
    if (!this.#has("(")) return { kind: "point", position: this.#position() };
    const position = this.#position();
    if (!this.#has(")")) this.#fail();
    return { kind: "point", position };
  }

  shape(depth: number): Shape {
    if (depth > 100) this.#fail();
    switch (this.#word()) {
      case "POINT": {
        const positions = this.#positions();
        if (positions.length > 1) this.#fail();
        return { kind: "point", position: positions[0] };
      }
      case "LINESTRING":
        return { kind: "line", positions: this.#positions() };
      case "POLYGON":
        return { kind: "polygon", rings: this.#rings() };
      case "MULTIPOINT":
        return { kind: "collection", members: this.#list(() => this.#member()) };
      case "MULTILINESTRING": {
        const lines = this.#rings();
        return { kind: "collection", members: lines.map((positions) => ({ kind: "line", positions })) };
      }
      case "MULTIPOLYGON": {
        const polygons = this.#list(() => this.#rings());
        return { kind: "collection", members: polygons.map((rings) => ({ kind: "polygon", rings })) };
      }
      case "GEOMETRYCOLLECTION":
        return { kind: "collection", members: this.#list(() => this.shape(depth + 1)) };
      case "FULLGLOBE":
        throw new UnsupportedGeography("The polygon around the whole Earth");
      default:
        return this.#fail();
    }
  }
}
