/** What is wrong with a text that is no JSON, as the service tells it. */
export function jsonProblem(text: string): string {
  try {
    new Reader(text).document();
  } catch (cause) {
    // Texts nested without end take more stack than there is.
    if (cause instanceof Problem) return cause.message;
  }
  return "Unexpected token";
}

class Problem extends Error {}

const STRING = /"(?:[^"\\]|\\.)*"/sy;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.+-])/y;

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  document(): void {
    this.#value();
    if (this.#next() !== "") throw new Problem("Unexpected token");
  }

  /** The next character that is no blank; empty at the end. */
  #next(): string {
    while (/\s/.test(this.text[this.#at] ?? "")) this.#at += 1;
    return this.text[this.#at] ?? "";
  }

  #expect(characters: string, problem: string): string {
    const found = this.#next();
    if (found === "") throw new Problem("Parser terminated before end of string");
    if (!characters.includes(found)) throw new Problem(problem);
    this.#at += 1;
    return found;
  }

  #value(): void {
    const first = this.#next();
    if (first === "{") this.#members();
    else if (first === "[") this.#items();
    else if (first === '"') this.#string();
    else this.#scalar();
  }

  #members(): void {
    this.#at += 1;
    if (this.#next() === "}") {
      this.#at += 1;
      return;
    }
    do {
      this.#expect('"', "Expected key");
      this.#at -= 1;
      this.#string();
      this.#expect(":", "Expected : between key:value pair");
      this.#value();
    } while (this.#expect(",}", "Expected , or } after key:value pair") === ",");
  }

  #items(): void {
    this.#at += 1;
    if (this.#next() === "]") {
      this.#at += 1;
      return;
    }
    do this.#value();
    while (this.#expect(",]", "Expected , or ] after array value") === ",");
  }

  #string(): void {
    STRING.lastIndex = this.#at;
    if (!STRING.test(this.text)) throw new Problem("Closing quote expected in string");
    this.#at = STRING.lastIndex;
  }

  #scalar(): void {
    if (this.#next() === "") throw new Problem("Parser terminated before end of string");
    SCALAR.lastIndex = this.#at;
    if (!SCALAR.test(this.text)) throw new Problem("Unexpected token");
    this.#at = SCALAR.lastIndex;
  }
}
