/** What the first matching pattern says of the free text; an entry without any is an injury. */
const CATEGORIES: readonly (readonly [RegExp, string])[] = [
  [/health and safety|covid/i, "health_and_safety_protocols"],
  [/\billness\b(?!\s*-)|flu\b|gastroenteritis|migraine|infection/i, "illness"],
  [/suspen/i, "suspension"],
  [/personal|bereavement|family|birth of/i, "personal"],
  [/\brest\b|\bload management\b|conditioning/i, "rest"],
  [/g league|two-way|on assignment/i, "g_league"],
  [/ineligible|not with team|trade/i, "not_with_team"],
];

export function reasonCategory(notes: string): string {
  return CATEGORIES.find(([pattern]) => pattern.test(notes))?.[1] ?? "injury";
}
