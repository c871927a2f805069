const known = new Map<string, boolean>();

/** True for names of the time zone database. */
export function isTimeZone(name: string): boolean {
  const found = known.get(name);
  if (found !== undefined) return found;
  let valid = true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    valid = false;
  }
  if (known.size > 2000) known.clear();
  known.set(name, valid);
  return valid;
}
