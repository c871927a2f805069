/**
 * Where a row of the schedule comes from. A later load must tell what a schedule said from what box scores made of it:
 * another box score replaces its own facts, never a schedule's.
 */
export interface ScheduleOrigin {
  /** The schedule; undefined for a game that only box scores tell. */
  readonly schedule: string | undefined;
  /** The box score by which the game was played on another day than the schedule says. */
  readonly date: string | undefined;
  /** The box score that tells that the game was played, and its score. */
  readonly score: string | undefined;
}

const BOX_ALONE = "box score: ";

/** The origin as `source_file_path` has it: `schedule.csv; date: box.csv; score: box.csv`, or `box score: box.csv`. */
export function originText({ schedule, date, score }: ScheduleOrigin): string {
  if (schedule === undefined) return `${BOX_ALONE}${score ?? date ?? ""}`;
  return `${schedule}${date === undefined ? "" : `; date: ${date}`}${score === undefined ? "" : `; score: ${score}`}`;
}

/** The origin that a stored `source_file_path` tells; a plain name is a schedule's. */
export function originOf(text: string): ScheduleOrigin {
  if (text.startsWith(BOX_ALONE)) {
    const file = text.slice(BOX_ALONE.length);
    return { schedule: undefined, date: file, score: file };
  }
  const match = /^(.*?)(?:; date: (.*?))?(?:; score: (.*?))?$/s.exec(text);
  return { schedule: match?.[1] ?? text, date: match?.[2], score: match?.[3] };
}

/** Whether two origins say the same of who told what, whatever the files are called. */
export function isSameKind(a: ScheduleOrigin, b: ScheduleOrigin): boolean {
  const kind = ({ schedule, date, score }: ScheduleOrigin) => [schedule, date, score].map((file) => file !== undefined);
  return String(kind(a)) === String(kind(b));
}
