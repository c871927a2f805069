const known = new Map<string, boolean>();

/** The names of the time zone database without a continent. JavaScript knows more, such as PST and IST, which mean other zones elsewhere. */
const PLAIN_NAMES = new Set(
  (
    "UTC UCT GMT GMT0 GMT+0 GMT-0 Greenwich Universal Zulu EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT CET MET EET WET Cuba Egypt Eire GB " +
    "GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya Navajo NZ NZ-CHAT Poland Portugal PRC ROC ROK Singapore Turkey W-SU"
  )
    .toUpperCase()
    .split(" "),
);

/** True for names of the time zone database. */
export function isTimeZone(name: string): boolean {
  const found = known.get(name);
  if (found !== undefined) return found;
  let valid = name.includes("/") || PLAIN_NAMES.has(name.toUpperCase());
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    valid = false;
  }
  if (known.size > 2000) known.clear();
  known.set(name, valid);
  return valid;
}
