/** Minutes on the court, as text and as a number. */
export interface PlayingTime {
  /** `MM:SS`. */
  readonly text: string;
  /** Minutes. */
  readonly decimal: number;
}

const CLOCK = /^(\d{1,3})(?:\.0+)?:([0-5]?\d)(?:\.\d+)?$/;
const ISO = /^PT(\d{1,3})M(?:([0-5]?\d)(?:\.\d+)?S)?$/;
const DECIMAL = /^\d{1,3}(?:\.\d+)?$/;

/**
 * Minutes in the forms of public box scores: `31`, `31.5`, `31:25`, `31.000000:25`, `PT31M25.00S`.
 * @returns undefined for a text that is none of them
 */
export function playingTime(text: string): PlayingTime | undefined {
  const clock = CLOCK.exec(text) ?? ISO.exec(text);
  if (clock !== null) return ofSeconds(Number(clock[1]) * 60 + Number(clock[2] ?? 0));
  return DECIMAL.test(text) ? ofSeconds(Math.round(Number(text) * 60)) : undefined;
}

function ofSeconds(seconds: number): PlayingTime {
  const two = (value: number) => String(value).padStart(2, "0");
  return { text: `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`, decimal: seconds / 60 };
}
