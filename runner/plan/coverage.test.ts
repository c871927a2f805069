import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NULL_PARTITION, type Partition, partitionOfDate, REST } from "../port/identity.js";
import { holds } from "../port/partition-set.js";
import { coverageOfEverything, hullOf, partitionsIn, setOf, stretchesOf } from "./coverage.js";
import { addDays } from "./dates.js";
import { reachOf, touches } from "./read-window.js";

const day = (number: number) => partitionOfDate(addDays("2021-11-01", number));
const stretch = [{ from: "2021-11-01", to: "2021-11-10" }];

describe("stretchesOf", () => {
  it("lets a sentinel stand alone and fills small gaps", () => {
    expect(stretchesOf(["2021-11-03", "9999-12-31", "2021-11-01"])).toEqual([
      { from: "2021-11-01", to: "2021-11-03" },
      { from: "9999-12-31", to: "9999-12-31" },
    ]);
  });

  it("leaves out what would be more dates than anybody decides one by one", () => {
    const dense = Array.from({ length: 200 }, (_, index) => addDays("0001-01-01", index * 300));
    expect(stretchesOf(dense)).toEqual([]);
  });
});

describe("everything", () => {
  const all = coverageOfEverything(stretch);

  it("has a partition for each date and one for the rest", () => {
    expect(partitionsIn(all)).toEqual([...Array.from({ length: 10 }, (_, index) => day(index)), REST]);
    expect(hullOf(all)).toBeUndefined();
  });

  it("holds every row in exactly one partition", () => {
    const sets = partitionsIn(all).map((partition) => setOf([partition], all));
    for (const one of [day(-400), day(0), day(9), day(10), day(4000), NULL_PARTITION])
      expect(sets.filter((set) => holds(set, one))).toHaveLength(1);
  });
});

describe("reachOf", () => {
  const offsets = fc.integer({ min: -30, max: 30 });
  const windows = fc.record({ back: fc.nat(8), ahead: fc.nat(4) });

  it("lets the rest read exactly what some date outside of the stretch, or no date, may read", () => {
    fc.assert(
      fc.property(offsets, windows, (offset, window) => {
        const reach = reachOf(REST, window, stretch);
        const isRead = (reader: number) => offset >= reader - window.back && offset <= reader + window.ahead;
        const outside = Array.from({ length: 200 }, (_, index) => index - 100).filter((one) => one < 0 || one > 9);
        expect(reach === undefined || holds(reach, day(offset))).toBe(outside.some(isRead));
      }),
    );
    expect(holds(reachOf(REST, { back: 1, ahead: 0 }, stretch) ?? never(), NULL_PARTITION)).toBe(true);
  });

  it("is touched by the rest of an upstream only where it leaves the stretch", () => {
    const window = { back: 2, ahead: 0 };
    expect(touches(reachOf(day(5), window, stretch), REST, stretch)).toBe(false);
    expect(touches(reachOf(day(1), window, stretch), REST, stretch)).toBe(true);
    expect(touches(reachOf(day(5), window, stretch), day(3), stretch)).toBe(true);
    expect(touches(reachOf(day(5), window, stretch), day(2), stretch)).toBe(false);
    expect(touches(reachOf(day(5), undefined, stretch), day(2) as Partition, stretch)).toBe(true);
  });
});

function never(): never {
  throw new Error("the rest reads everything");
}
