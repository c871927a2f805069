import { EngineError } from "../../../port/engine-error.js";
import type { Column, SqlType } from "../../../port/sql-types.js";
import { columnOf } from "./column-names.js";
import { JSON_TEXT, MARKED_TEXT, type StagedField, type StagedShape } from "./staged-shape.js";

type JsonObject = Readonly<Record<string, unknown>>;

/** What the values of a file of JSON are made of, learned record by record. Names match without case, as columns do. */
export class JsonShape {
  #hasText = false;
  #element: JsonShape | undefined;
  #fields: Map<string, { readonly name: string; readonly shape: JsonShape }> | undefined;

  /**
   * Takes a record in.
   * @returns the record with each key as it was spelled first; the very same where it is so
   * @throws EngineError `data` for a record that has two keys of one name
   */
  add(record: JsonObject, place: string): JsonObject {
    this.#fields ??= new Map();
    let isSpelled = true;
    const spelled: [string, unknown][] = [];
    const seen = new Set<string>();
    for (const [key, value] of Object.entries(record)) {
      const folded = key.toLowerCase();
      if (seen.has(folded)) throw new EngineError("data", `${place}: column ${key} stands twice`);
      seen.add(folded);
      const field = this.#fields.get(folded) ?? { name: key, shape: new JsonShape() };
      this.#fields.set(folded, field);
      const own = field.shape.#value(value, place);
      isSpelled &&= field.name === key && own === value;
      spelled.push([field.name, own]);
    }
    return isSpelled ? record : Object.fromEntries(spelled);
  }

  #value(value: unknown, place: string): unknown {
    if (value === null) return value;
    if (Array.isArray(value)) {
      this.#element ??= new JsonShape();
      const element = this.#element;
      const spelled = value.map((item) => element.#value(item, place));
      return spelled.every((item, index) => item === value[index]) ? value : spelled;
    }
    if (typeof value === "object") return this.add(value as JsonObject, place);
    this.#hasText = true;
    return value;
  }

  /** The fields of the records; what is for a JSON column is left as it is. */
  fields(known: readonly Column[] | undefined): readonly StagedField[] {
    return [...(this.#fields?.values() ?? [])].map(({ name, shape }) => ({
      name,
      shape: shape.#shape(known && columnOf(known, name)?.type),
    }));
  }

  #shape(wanted: SqlType | undefined): StagedShape {
    const kinds = [this.#hasText, this.#element !== undefined, this.#fields !== undefined].filter(Boolean).length;
    if (wanted === "JSON" || kinds > 1) return JSON_TEXT;
    if (this.#element !== undefined) {
      // No column holds an array of arrays.
      if (this.#element.#element !== undefined) return JSON_TEXT;
      const element = typeof wanted === "object" && wanted.kind === "array" ? wanted.element : undefined;
      return { kind: "list", element: this.#element.#shape(element) };
    }
    if (this.#fields === undefined) return MARKED_TEXT;
    const struct = typeof wanted === "object" && wanted.kind === "struct" ? wanted.fields : undefined;
    // Nobody knows what else `{}` may have.
    if (this.#fields.size === 0 && struct === undefined) return JSON_TEXT;
    const fields = struct?.map(({ name = "", type }) => ({ name, type }));
    return { kind: "struct", fields: this.fields(fields) };
  }
}
