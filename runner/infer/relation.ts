import { TypeVar, WEIGHT } from "./type-var.js";

export interface InferredColumn {
  readonly name: string;
  readonly type: TypeVar;
}

/** Pseudo columns that a table has without being asked; they are no columns of it. */
const PSEUDO = {
  _TABLE_SUFFIX: "STRING",
  _PARTITIONTIME: "TIMESTAMP",
  _PARTITIONDATE: "DATE",
  _FILE_NAME: "STRING",
} as const;

/** Rows whose columns are known as far as somebody names them. */
export interface Relation {
  /** The column's type, if it is known that there is one. */
  known(name: string): TypeVar | undefined;
  /** There may be columns besides those that are known. */
  readonly isOpen: boolean;
  /** The column's type; from now on there is one. Only where `isOpen`. */
  demand(name: string): TypeVar;
  /** Those that are known, in order. */
  columns(): readonly InferredColumn[];
}

/** A table outside of the project: it has every column that is asked of it. */
export class OpenTable implements Relation {
  readonly isOpen = true;
  readonly #columns = new Map<string, InferredColumn>();
  readonly pseudo = new Map<string, TypeVar>();

  known(name: string): TypeVar | undefined {
    const pseudo = PSEUDO[name.toUpperCase() as keyof typeof PSEUDO];
    if (pseudo === undefined) return this.#columns.get(name.toLowerCase())?.type;
    const type = this.pseudo.get(name.toUpperCase()) ?? TypeVar.of(pseudo, WEIGHT.certain);
    this.pseudo.set(name.toUpperCase(), type);
    return type;
  }

  demand(name: string): TypeVar {
    const known = this.known(name);
    if (known !== undefined) return known;
    const type = new TypeVar().named(name);
    this.#columns.set(name.toLowerCase(), { name, type });
    return type;
  }

  columns(): readonly InferredColumn[] {
    return [...this.#columns.values()];
  }
}

type Part = InferredColumn | { readonly of: Relation; readonly except: ReadonlySet<string> };

/** What a query gives: columns of its own, and those of the relations that its stars stand for. */
export class QueryRelation implements Relation {
  readonly #parts: Part[] = [];
  readonly #own = new Map<string, TypeVar>();

  /** @param name undefined: it has a place and no name */
  add(name: string | undefined, type: TypeVar): void {
    this.#parts.push({ name: name ?? "", type });
    if (name !== undefined) this.#own.set(name.toLowerCase(), type);
  }

  star(of: Relation, except: ReadonlySet<string>): void {
    this.#parts.push({ of, except });
  }

  get isOpen(): boolean {
    return this.#stars().some(({ of }) => of.isOpen);
  }

  known(name: string): TypeVar | undefined {
    const key = name.toLowerCase();
    const own = this.#own.get(key);
    if (own !== undefined || isPseudo(name)) return own;
    for (const { of, except } of this.#stars()) {
      const type = except.has(key) ? undefined : of.known(name);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  demand(name: string): TypeVar {
    const key = name.toLowerCase();
    const star = this.#stars().find(({ of, except }) => of.isOpen && !except.has(key));
    return this.known(name) ?? star?.of.demand(name) ?? new TypeVar();
  }

  columns(): readonly InferredColumn[] {
    return this.#parts.flatMap((part) => {
      if (!("of" in part)) return [part];
      return part.of.columns().filter(({ name }) => !part.except.has(name.toLowerCase()));
    });
  }

  #stars() {
    return this.#parts.filter((part) => "of" in part);
  }
}

/** A star does not give the columns that a table has without being asked. */
function isPseudo(name: string): boolean {
  return Object.hasOwn(PSEUDO, name.toUpperCase());
}

/** Rows of several queries: what one has, the others have too. */
export class UnionRelation implements Relation {
  constructor(readonly arms: readonly Relation[]) {}

  get isOpen(): boolean {
    return this.arms.every(({ isOpen }) => isOpen);
  }

  known(name: string): TypeVar | undefined {
    if (!this.arms.some((arm) => arm.known(name) !== undefined)) return undefined;
    return this.demand(name);
  }

  demand(name: string): TypeVar {
    const types = this.arms.flatMap((arm) => (arm.isOpen ? arm.demand(name) : (arm.known(name) ?? [])));
    return types.reduce((all, type) => all.unify(type), new TypeVar());
  }

  columns(): readonly InferredColumn[] {
    const first = new Map<string, InferredColumn>();
    for (const arm of this.arms)
      for (const column of arm.columns())
        if (!first.has(column.name.toLowerCase())) first.set(column.name.toLowerCase(), column);
    return [...first.values()];
  }
}

/** The fields of a value, taken as columns: an element of an array behind UNNEST. */
export class ValueRelation implements Relation {
  constructor(readonly value: TypeVar) {}

  get isOpen(): boolean {
    return this.value.canBeStruct();
  }

  known(name: string): TypeVar | undefined {
    return this.value.hasField(name) ? this.value.field(name) : undefined;
  }

  demand(name: string): TypeVar {
    return this.value.field(name);
  }

  columns(): readonly InferredColumn[] {
    return this.value.fields();
  }
}
