/** Letters that Unicode does not decompose into a base letter and a mark. */
const UNDECOMPOSED: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
};

/** A name in ASCII: accents removed, other letters by their usual spelling, what is left over dropped. */
export function toAscii(text: string): string {
  return text.normalize("NFKD").replace(/[^ -~]/g, (letter) => {
    const plain = UNDECOMPOSED[letter.toLowerCase()] ?? "";
    return letter === letter.toLowerCase() ? plain : plain.toUpperCase();
  });
}

/** `player_lookup` (docs/warehouse.md): lower-case letters and digits only ("LeBron James" is `lebronjames`). */
export function playerLookup(name: string): string {
  return toAscii(name)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/** A lookup without a generational suffix: sources disagree on "Jr.", "Sr.", "II", "III" and "IV". */
export function bareLookup(lookup: string): string {
  return lookup.replace(/(?:jr|sr|iii|ii|iv)$/, "");
}
