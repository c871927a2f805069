/** A word of a command that somebody may copy into a shell: quoted where it would be read as more than one, or as something else. */
export function shellWord(word: string): string {
  return /^[\w.,:+@/=-]+$/.test(word) ? word : `"${word.replace(/["\\$`]/g, "\\$&")}"`;
}
