/** `41,203` */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 row`, `2 rows` */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `41 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min` */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2021-11-15 04:12` in UTC, as every time in the pages. */
export function time(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** `player_game_summary` of `nba_analytics.player_game_summary` */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}

export function datasetOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf(".")));
}

/** Reasons as they are read. */
export function words(reason: string): string {
  return reason.replaceAll("_", " ");
}

/** A number with as many digits as a chart needs. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${trimmed(value / 1e9)}G`;
  if (size >= 1e6) return `${trimmed(value / 1e6)}M`;
  if (size >= 1e4) return `${trimmed(value / 1e3)}k`;
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(3)));
}
