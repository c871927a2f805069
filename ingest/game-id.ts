/** `game_id` of tables.md 1.2: `YYYYMMDD_AWAY_HOME`. */
export function gameIdOf(date: string, away: string, home: string): string {
  return `${date.replaceAll("-", "")}_${away}_${home}`;
}
