const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BEGINS_NUMBER = /[-0-9]/;

/**
 * A text of JSON with each of its numbers in another form: JavaScript and the engines keep no more digits than a double has. What is no
 * JSON is none afterwards either. However long its strings are, they are passed over.
 */
export function withNumbers(json: string, written: (digits: string) => string): string {
  let text = "";
  let from = 0;
  for (let at = 0; at < json.length; at += 1) {
    const char = json[at] as string;
    if (char === '"') at = endOfString(json, at);
    else if (BEGINS_NUMBER.test(char)) {
      NUMBER.lastIndex = at;
      const [digits] = NUMBER.exec(json) ?? [];
      if (digits === undefined) continue;
      text += json.slice(from, at) + written(digits);
      at += digits.length - 1;
      from = at + 1;
    }
  }
  return text + json.slice(from);
}

/** Where the string ends that begins with a quote. */
function endOfString(json: string, begin: number): number {
  for (let end = json.indexOf('"', begin + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
