import type { ManifestAction } from "./manifest.js";

/** A relation that an action or a view reads, and which of its columns its text shows. */
export interface Read {
  readonly key: string;
  readonly columns: ManifestAction["reads"][number]["columns"];
  /** Names, in lower case, of columns that it leaves out of all others. */
  readonly leftOut?: readonly string[] | undefined;
}

/** What one text reads and names, as the manifest has it. */
export interface ReadingText {
  readonly key: string;
  readonly names: readonly string[];
  readonly listed: ManifestAction["listed"];
  readonly reads: readonly Read[];
}

/**
 * Which columns count of what an action reads, itself and through views. Of the action every column counts, of a view those that somebody
 * names, and what a list computes counts where the name that it has there does. A name is a word: where two tables have a column of it,
 * that of both counts.
 */
export class ReadColumns {
  /** Texts of which every column counts. */
  readonly #whole: ReadonlySet<string>;
  /** Every word that counts, of whatever text. */
  readonly #words: ReadonlySet<string>;
  /** Those of a text, for the texts that were asked for. */
  readonly #wordsOfTexts = new Map<ReadingText, readonly string[]>();
  /** What is left out of a relation, by its key. */
  readonly #leftOut = new Map<string, ReadonlySet<string>>();
  /** Where a relation is read, by its key. */
  readonly #reads = new Map<string, (Omit<Read, "key"> & { readonly text: ReadingText })[]>();

  /** @param texts the action, then the views through which it reads */
  constructor(readonly texts: readonly ReadingText[]) {
    this.#whole = wholeTexts(texts);
    this.#words = this.#wordsThatCount();
    for (const text of texts)
      for (const { key, ...read } of text.reads) {
        const known = this.#reads.get(key);
        if (known === undefined) this.#reads.set(key, [{ text, ...read }]);
        else known.push({ text, ...read });
      }
  }

  /** The names, in lower case, that any of the texts may call a column of the relation by; undefined: every column counts. */
  of(key: string): ReadonlySet<string> | undefined {
    const names = new Set<string>();
    const reads = this.#reads.get(key) ?? [];
    if (reads.some((read) => this.#isWhole(read))) return undefined;
    if (reads.some(({ columns }) => columns !== "named")) return this.#words;
    for (const text of new Set(reads.map((read) => read.text))) for (const name of this.#wordsOf(text)) names.add(name);
    return names;
  }

  /** The names, in lower case, of columns of the relation that do not count although `of` says that every one may. */
  leftOut(key: string): ReadonlySet<string> {
    return new Set([...this.#leftOutOf(key)].filter((name) => !this.#words.has(name)));
  }

  /** The names that are left out wherever every column of the relation counts: there, or of the view that passes them on. */
  #leftOutOf(key: string): ReadonlySet<string> {
    const known = this.#leftOut.get(key);
    if (known !== undefined) return known;
    // An action may read what it makes itself.
    this.#leftOut.set(key, new Set());
    const [first = [], ...others] = (this.#reads.get(key) ?? [])
      .filter((read) => this.#isWhole(read))
      .map(({ text, columns, leftOut = [] }) => [
        ...leftOut,
        ...(columns === "passed" && text !== this.texts[0] ? this.#leftOutOf(text.key) : []),
      ]);
    const names = new Set(first.filter((name) => others.every((other) => other.includes(name))));
    this.#leftOut.set(key, names);
    return names;
  }

  /**
   * The names, in lower case, of columns without which, or with other types of which, the texts may be wrong, also those that do not count
   * because nobody reads what is made of them.
   */
  get named(): ReadonlySet<string> {
    const all = new Set<string>();
    for (const { names, listed } of this.texts) {
      for (const name of names) all.add(name);
      for (const item of listed) for (const name of item.names) all.add(name);
    }
    return all;
  }

  #isWhole({ text, columns }: { readonly text: ReadingText; readonly columns: Read["columns"] }): boolean {
    return isAll(columns, this.#whole.has(text.key));
  }

  #wordsOf(text: ReadingText): readonly string[] {
    const known = this.#wordsOfTexts.get(text);
    if (known !== undefined) return known;
    const counting = text.listed.filter((item) => this.#counts(text, item, this.#words));
    const words = [...text.names, ...counting.flatMap((item) => item.names)];
    this.#wordsOfTexts.set(text, words);
    return words;
  }

  #counts({ key }: ReadingText, { name, passed }: ReadingText["listed"][number], words: ReadonlySet<string>): boolean {
    return (passed && this.#whole.has(key)) || (name !== undefined && words.has(name));
  }

  #wordsThatCount(): ReadonlySet<string> {
    const words = new Set<string>();
    for (const { names } of this.texts) for (const name of names) words.add(name);
    let waiting = this.texts.flatMap((text) => text.listed.map((item) => ({ text, item })));
    for (let before = -1; before !== waiting.length; ) {
      before = waiting.length;
      waiting = waiting.filter(({ text, item }) => {
        const counts = this.#counts(text, item, words);
        if (counts) for (const name of item.names) words.add(name);
        return !counts;
      });
    }
    return words;
  }
}

/** The action, and the views that something of which every column counts shows whole. */
function wholeTexts(texts: readonly ReadingText[]): ReadonlySet<string> {
  const byKey = new Map(texts.map((text) => [text.key, text]));
  const whole = new Set<string>();
  const visit = (text: ReadingText | undefined): void => {
    if (text === undefined || whole.has(text.key)) return;
    whole.add(text.key);
    for (const { key, columns } of text.reads) if (isAll(columns, true)) visit(byKey.get(key));
  };
  visit(texts[0]);
  for (const { reads } of texts) for (const { key, columns } of reads) if (columns === "all") visit(byKey.get(key));
  return whole;
}

function isAll(columns: Read["columns"], isWhole: boolean): boolean {
  return columns === "all" || (columns === "passed" && isWhole);
}
