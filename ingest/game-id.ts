/** `game_id`: `YYYYMMDD_AWAY_HOME` (docs/warehouse.md). */
export function gameIdOf(date: string, away: string, home: string): string {
  return `${date.replaceAll("-", "")}_${away}_${home}`;
}
