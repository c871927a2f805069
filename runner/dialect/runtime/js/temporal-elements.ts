/** Format elements that stand for several others, in formatting and in parsing. */
export const SHORT: Readonly<Record<string, string>> = {
  D: "%m/%d/%y",
  x: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  T: "%H:%M:%S",
  X: "%H:%M:%S",
  r: "%I:%M:%S %p",
  c: "%a %b %e %H:%M:%S %Y",
};

export const CLOCK_ELEMENTS = "HIklMPpRrSTX";
