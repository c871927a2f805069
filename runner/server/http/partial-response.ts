import { ApiError } from "../protocol/errors.js";

/** The members of an answer that a client asks for; `*` stands for any name. Undefined: all that is there. */
interface Mask extends ReadonlyMap<string, Mask | undefined> {}

/**
 * The part of an answer that `fields` asks for: `kind,items(id,status/state)`.
 * @throws ApiError for a text of another form
 */
export function partOf(answer: unknown, fields: string): unknown {
  const mask = new MaskText(fields).read();
  return masked(answer, mask);
}

function masked(value: unknown, mask: Mask | undefined): unknown {
  if (mask === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => masked(item, mask));
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, own]) => {
      const key = mask.has(name) ? name : "*";
      const part = mask.has(key) ? masked(own, mask.get(key)) : undefined;
      return part === undefined ? [] : [[name, part]];
    }),
  );
}

class MaskText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replaceAll(/\s/g, "");
  }

  read(): Mask {
    const mask = this.#list();
    if (this.#at < this.#text.length) throw this.#invalid();
    return mask;
  }

  #list(): Mask {
    const members = new Map<string, Mask | undefined>();
    do {
      const [name, inner] = this.#member();
      const known = members.get(name);
      // What is asked for twice is asked for both times.
      members.set(name, members.has(name) ? both(known, inner) : inner);
    } while (this.#took(","));
    return members;
  }

  #member(): [string, Mask | undefined] {
    const [name = ""] = /^[\w*.-]+/.exec(this.#text.slice(this.#at)) ?? [];
    if (name === "") throw this.#invalid();
    this.#at += name.length;
    if (this.#took("/")) return [name, new Map([this.#member()])];
    if (!this.#took("(")) return [name, undefined];
    const inner = this.#list();
    if (!this.#took(")")) throw this.#invalid();
    return [name, inner];
  }

  #took(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #invalid(): ApiError {
    return new ApiError("invalid", `Invalid field selection ${this.#text}`, "fields");
  }
}

function both(a: Mask | undefined, b: Mask | undefined): Mask | undefined {
  if (a === undefined || b === undefined) return undefined;
  const all = new Map(a);
  for (const [name, inner] of b) all.set(name, all.has(name) ? both(all.get(name), inner) : inner);
  return all;
}
