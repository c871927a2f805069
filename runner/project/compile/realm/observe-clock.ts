import type { SandboxHost } from "./host.js";

/**
 * Runs inside the project's realm (its source text is evaluated there): the clock and randomness, observed.
 *
 * @returns what notes a read
 */
export function observeClock(host: SandboxHost): (kind: string, what: string) => void {
  // biome-ignore lint/suspicious/noExplicitAny: this function speaks about untyped globals.
  type Untyped = any;
  const note = (kind: string, what: string) => host.nondeterministic(kind, what, String(new Error().stack));

  const RealDate = Date;
  const realNow = RealDate.now;
  const ObservedDate: DateConstructor = new Proxy(RealDate, {
    apply() {
      note("clock", "Date()");
      return RealDate();
    },
    construct(target, args, newTarget) {
      if (args.length === 0) note("clock", "new Date()");
      return Reflect.construct(target, args, newTarget === ObservedDate ? target : newTarget);
    },
  });
  RealDate.now = function now() {
    note("clock", "Date.now()");
    return realNow();
  };
  RealDate.prototype.constructor = ObservedDate;
  globalThis.Date = ObservedDate;

  const realRandom = Math.random;
  Math.random = function random() {
    note("random", "Math.random()");
    return realRandom();
  };

  const prototype = Intl.DateTimeFormat.prototype as Untyped;
  const format = Object.getOwnPropertyDescriptor(prototype, "format")?.get;
  const formatToParts = prototype.formatToParts;
  if (format !== undefined) {
    Object.defineProperty(prototype, "format", {
      configurable: true,
      get(this: Untyped) {
        const bound = format.call(this);
        return (date?: Untyped) => {
          if (date === undefined) note("clock", "Intl.DateTimeFormat.format()");
          return bound(date);
        };
      },
    });
  }
  prototype.formatToParts = function (this: Untyped, date?: Untyped) {
    if (date === undefined) note("clock", "Intl.DateTimeFormat.formatToParts()");
    return formatToParts.call(this, date);
  };
  return note;
}
