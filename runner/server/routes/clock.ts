import * as v from "valibot";
import type { Clock } from "../clock.js";
import type { Route } from "../http/request.js";
import { ApiError } from "../protocol/errors.js";
import { checked } from "../protocol/validate.js";

const move = v.union([v.object({ advanceMs: v.number() }), v.object({ time: v.pipe(v.string(), v.isoTimestamp()) })]);

/**
 * The clock of the server.
 * @param advance moves it ahead; undefined: clients may not
 */
export function clockRoutes(
  clock: Clock,
  advance: ((milliseconds: number) => Promise<number>) | undefined,
): readonly Route[] {
  if (advance === undefined) return [];
  const shown = (at: number) => ({ body: { time: new Date(at).toISOString() } });
  return [
    { method: "GET", url: "/clock", handle: async () => shown(clock.now()) },
    {
      method: "PUT",
      url: "/clock",
      handle: async ({ body }) => {
        const asked = checked(move, body);
        const ahead = "advanceMs" in asked ? asked.advanceMs : Date.parse(asked.time) - clock.now();
        try {
          return shown(await advance(ahead));
        } catch (cause) {
          if (!(cause instanceof RangeError)) throw cause;
          throw new ApiError("invalid", cause.message);
        }
      },
    },
  ];
}
