import type { ScalarType, SqlType } from "../port/sql-types.js";
import { typeByName } from "./type-by-name.js";

/** How much a use says: `certain` for what allows no other type, `hint` for what is merely likely. */
export const WEIGHT = { certain: 10, usual: 5, hint: 2 } as const;

const DEEPEST = 12;

/** The type of an expression that is not known yet. Variables that must be of one type are made one. */
export class TypeVar {
  #parent: TypeVar | undefined;
  #evidence = new Map<ScalarType, number>();
  #numeric = false;
  #nullTested = false;
  #partitions = false;
  #element: TypeVar | undefined;
  #fields: Map<string, { readonly name: string; readonly type: TypeVar }> | undefined;
  readonly #names: string[] = [];
  #literals = new Map<ScalarType, Set<string>>();

  /** A variable with a first piece of evidence. */
  static of(type: ScalarType, weight: number = WEIGHT.certain): TypeVar {
    return new TypeVar().hint(type, weight);
  }

  /** A variable of a type that is known. */
  static known(type: SqlType): TypeVar {
    if (typeof type === "string") return TypeVar.of(type, WEIGHT.certain * 10);
    const known = new TypeVar();
    if (type.kind === "array") known.element().unify(TypeVar.known(type.element));
    else for (const field of type.fields) known.field(field.name ?? "").unify(TypeVar.known(field.type));
    return known;
  }

  /** An array of what `element` is. */
  static array(element: TypeVar): TypeVar {
    const array = new TypeVar();
    array.element().unify(element);
    return array;
  }

  #root(): TypeVar {
    let root: TypeVar = this;
    while (root.#parent !== undefined) root = root.#parent;
    return root;
  }

  /** Adds a piece of evidence; the heaviest decides, the sum of equal ones does not. */
  hint(type: ScalarType, weight: number): this {
    const evidence = this.#root().#evidence;
    evidence.set(type, Math.max(weight, evidence.get(type) ?? 0));
    return this;
  }

  /** It is the type of a column or field of this name. */
  named(name: string): this {
    this.#root().#names.push(name);
    return this;
  }

  /** It is computed with: some kind of number. */
  number(): this {
    this.#root().#numeric = true;
    return this;
  }

  /** Windows or tables are partitioned by it: no fraction of binary digits. */
  partitions(): this {
    this.#root().#partitions = true;
    return this;
  }

  /** The project looks for rows without it. */
  maybeNull(): this {
    this.#root().#nullTested = true;
    return this;
  }

  get isNullTested(): boolean {
    return this.#root().#nullTested;
  }

  /** It is compared with a constant. */
  literal(type: ScalarType, text: string): this {
    const literals = this.#root().#literals;
    literals.set(type, (literals.get(type) ?? new Set()).add(text));
    return this;
  }

  /** The constants it is compared with, as texts. */
  literals(): readonly string[] {
    return [...this.#root().#literals.values()].flatMap((texts) => [...texts]);
  }

  /** What it is used as besides what it is: a STRING that is cast to INT64, say. */
  uses(type: ScalarType): boolean {
    return this.#root().#evidence.has(type);
  }

  /** The type of its elements: it is an array. */
  element(): TypeVar {
    const root = this.#root();
    root.#element ??= new TypeVar();
    return root.#element;
  }

  /** The type of one of its fields: it is a STRUCT. */
  field(name: string): TypeVar {
    const root = this.#root();
    root.#fields ??= new Map();
    const known = root.#fields.get(name.toLowerCase());
    if (known !== undefined) return known.type;
    const type = new TypeVar().named(name);
    root.#fields.set(name.toLowerCase(), { name, type });
    return type;
  }

  hasField(name: string): boolean {
    return this.#root().#fields?.has(name.toLowerCase()) === true;
  }

  /** Its fields, where it is used as a STRUCT. */
  fields(): readonly { readonly name: string; readonly type: TypeVar }[] {
    return [...(this.#root().#fields?.values() ?? [])];
  }

  /** What its elements are, where it is used as an array. */
  elementIfAny(): TypeVar | undefined {
    return this.#root().#element;
  }

  /** Nothing says yet that it is no STRUCT. */
  canBeStruct(): boolean {
    const root = this.#root();
    return root.#evidence.size === 0 && !root.#numeric && root.#element === undefined;
  }

  /** Both are of one type. */
  unify(other: TypeVar): this {
    const into = this.#root();
    const from = other.#root();
    if (into === from) return this;
    from.#parent = into;
    for (const [type, weight] of from.#evidence) into.hint(type, weight);
    for (const [type, texts] of from.#literals) for (const text of texts) into.literal(type, text);
    into.#names.push(...from.#names);
    into.#numeric ||= from.#numeric;
    into.#nullTested ||= from.#nullTested;
    into.#partitions ||= from.#partitions;
    if (from.#element !== undefined) into.element().unify(from.#element);
    for (const { name, type } of from.#fields?.values() ?? []) into.#root().field(name).unify(type);
    return this;
  }

  /** Tells groups of one type apart. */
  group(): object {
    return this.#root();
  }

  /**
   * The type that the evidence speaks for.
   * @param name of the column: it decides where nothing else does
   */
  type(name: string, depth = 0): SqlType {
    const root = this.#root();
    if (depth > DEEPEST) return "STRING";
    const isInner = root.#element !== undefined || (root.#fields?.size ?? 0) > 0;
    if (isInner && root.#evidence.has("JSON")) return "JSON";
    if (root.#element !== undefined)
      return { kind: "array", element: elementType(root.#element.type(singular(name), depth + 1)) };
    if (root.#fields !== undefined && root.#fields.size > 0) {
      const fields = [...root.#fields.values()];
      return {
        kind: "struct",
        fields: fields.map((field) => ({ name: field.name, type: field.type.type(field.name, depth + 1) })),
      };
    }
    const scalar = this.#scalar(name);
    const isGuess = (root.#evidence.get("FLOAT64") ?? 0) < WEIGHT.certain;
    return scalar === "FLOAT64" && root.#partitions && isGuess ? "NUMERIC" : scalar;
  }

  #scalar(name: string): ScalarType {
    const root = this.#root();
    const evidence = new Map(root.#evidence);
    // A whole number fits where a fraction does, not the other way round.
    const fraction = Math.max(evidence.get("FLOAT64") ?? 0, evidence.get("NUMERIC") ?? 0);
    if (fraction >= WEIGHT.hint) evidence.set("INT64", Math.min(evidence.get("INT64") ?? 0, fraction - 1));
    // All that are of one type are so by one name.
    const named = [...root.#names, name].map(typeByName).find((type) => type !== undefined);
    const [best, weight] = [...evidence].reduce<[ScalarType | undefined, number]>(
      (heaviest, next) => (next[1] > heaviest[1] ? next : heaviest),
      [undefined, 0],
    );
    // A whole number written beside an amount says nothing against fractions.
    const isLoose = best === "INT64" && weight <= WEIGHT.usual;
    if (isLoose && named === "FLOAT64") return named;
    if (root.#numeric && weight <= WEIGHT.hint) {
      if (best === "INT64" || best === "FLOAT64" || best === "NUMERIC" || best === "BIGNUMERIC") return best;
      return named === "INT64" ? named : "FLOAT64";
    }
    return best ?? named ?? "STRING";
  }
}

/** There is no array of arrays. */
function elementType(type: SqlType): SqlType {
  return typeof type === "object" && type.kind === "array" ? type.element : type;
}

function singular(name: string): string {
  return name.replace(/s$/i, "");
}
