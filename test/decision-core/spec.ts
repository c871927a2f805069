/** The actions of a generated project: what a user would write, small enough that a few lines can compute what each must give. */

export type Kind = "incremental" | "table" | "view" | "assertion" | "operation" | "function";

export interface Input {
  readonly name: string;
  /** Days before and behind a partition that it reads of this input. */
  readonly back: number;
  readonly ahead: number;
  /** It is named in the SQL, and no dependency says so. */
  readonly literal: boolean;
}

/**
 * How an accumulating model comes by its rows. `new_dates`: appends dates behind its last; `new_keys`: appends keys that it lacks;
 * `merge`: merges by key; `highest`: joins itself and merges the larger value; `protected`: appends all, and is never refreshed.
 */
export type Accumulation = "new_dates" | "new_keys" | "merge" | "highest" | "protected";

export interface Spec {
  readonly name: string;
  readonly kind: Kind;
  readonly inputs: readonly Input[];
  /** Passes all columns of its first input on, in their order; otherwise it sums over all inputs. */
  readonly star: boolean;
  /** Its rows are history; undefined: its query is the truth. */
  readonly accumulation: Accumulation | undefined;
  /** Says how far a date reaches, so that it is decided date by date. */
  readonly split: boolean;
  /** Changes the numbers that come out. */
  readonly version: number;
  /** A small one makes many changes of the inputs vanish in the output. */
  readonly modulus: number;
  /** With unique key and `data_hash`; otherwise changed partitions are replaced. */
  readonly keyed: boolean;
  /** Reads whole rows of its inputs, columns that it does not know included: `x`, where there is one, is added to `v`. */
  readonly wide: boolean;
  /** Its `v` is a text. */
  readonly texts: boolean;
  /** Days by which its rows lie behind those that they are made of. */
  readonly forecast: number;
  /** Its pre_operations read all of this relation, and every value is raised by the largest that they find. */
  readonly before: string | undefined;
  /** Its post_operations delete rows of its own, or make another table that counts them. */
  readonly after: "deletes" | "logs" | undefined;
  /** A function of the project that it calls, which no dependency says. */
  readonly calls: string | undefined;
  /** An operation makes a table of its own name, or another one that is read by that table's name. */
  readonly output: "own" | "other" | undefined;
  /** An operation that runs only when what it depends on has changed. */
  readonly skippable: boolean;
  /** An assertion that only reports. */
  readonly warns: boolean;
  /** Calls RAND() where nobody can see that it does not matter. */
  readonly volatile: boolean;
  readonly disabled: boolean;
  /** Fails when it runs. */
  readonly broken: boolean;
  /** Changes the source file and nothing else. */
  readonly comment: number;
}

export const DATASET = "world";

/** What makes a row one: two rows of a source or model never agree in all of these, NULL counted as a value. */
export const KEY = ["d", "k", "j"];

export function relation(name: string): string {
  return `${DATASET}.${name}`;
}

const texts = new WeakMap<Spec, string>();

/** Everything of a spec that may change what is built. */
export function semantics(spec: Spec): string {
  const known = texts.get(spec);
  if (known !== undefined) return known;
  const text = JSON.stringify({ ...spec, comment: 0 });
  texts.set(spec, text);
  return text;
}

/** Which columns of its inputs an action's query can see. */
export function readColumns(spec: Spec): { readonly names: readonly string[]; readonly whole: boolean } {
  return { names: spec.keyed ? [...KEY, "v", "data_hash"] : [...KEY, "v"], whole: spec.wide || isStar(spec) };
}

/** The table that an operation makes. */
export function madeBy({ name, output }: Pick<Spec, "name" | "output">): string {
  return output === "other" ? `made_by_${name}` : name;
}

/** The table in which a model's post_operations count its rows. */
export function logOf({ name }: Pick<Spec, "name">): string {
  return `log_of_${name}`;
}

export function isStar({ kind, star, wide }: Spec): boolean {
  return kind === "view" || kind === "assertion" ? wide : star;
}
