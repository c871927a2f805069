import { describe, expect, it } from "vitest";
import type { ManifestAction } from "./manifest.js";
import { linkFunctions } from "./user-functions.js";

/** What an action that reads one relation depends on, for the planner. */
function linked(key: string) {
  const action = {
    key: "d.model",
    type: "table",
    reads: [{ key, start: 0, end: 1, whole: false }],
  } as unknown as ManifestAction;
  const scripts = [{ action, userCalls: [], before: [], after: [], operations: [], unreadable: false }];
  return linkFunctions(scripts, "home")[0];
}

describe("a relation that no fingerprint covers", () => {
  it.each(["d.events_*", "d.INFORMATION_SCHEMA.TABLES", "region-us.information_schema.JOBS", "d.__TABLES__"])(
    "%s",
    (key) => {
      expect(linked(key)?.reads).toEqual([]);
      expect(linked(key)?.hiddenVolatile).toMatch(/^it reads /);
    },
  );

  it("is none that has such a name only in part", () => {
    expect(linked("d.my_information_schema")).toMatchObject({ hiddenVolatile: undefined, reads: [{ start: 0 }] });
  });
});
