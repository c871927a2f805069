import fc from "fast-check";
import { expect, it } from "vitest";
import { daysBetween } from "../calendar.js";
import { TEAMS } from "../teams.js";
import { makeSchedule } from "./schedule.js";

it("is a season of the league whatever the seed and the year", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 2021, max: 2030 }), (seed, year) => {
      const games = makeSchedule(seed, year);
      expect(games).toHaveLength(1230);
      expect(new Set(games.map((game) => game.gameId)).size).toBe(1230);
      for (const { abbr } of TEAMS) {
        const own = games.filter((game) => game.home === abbr || game.away === abbr);
        expect(own).toHaveLength(82);
        expect(own.filter((game) => game.home === abbr)).toHaveLength(41);
        for (let i = 2; i < own.length; i++) {
          expect(daysBetween(own[i - 1]!.date, own[i]!.date)).toBeGreaterThan(0);
          expect(daysBetween(own[i - 2]!.date, own[i]!.date)).toBeGreaterThan(2);
        }
      }
    }),
    { numRuns: 12 },
  );
});

it("2021-22 has the density and the days off of the real calendar", () => {
  const games = makeSchedule(1, 2021);
  expect([games[0]!.date, games.at(-1)!.date]).toEqual(["2021-10-19", "2022-04-10"]);
  expect(games.map((game) => game.tipOff)).toEqual([...games.map((game) => game.tipOff)].sort((a, b) => a - b));
  const perDay = new Map<string, number>();
  for (const { date } of games) perDay.set(date, (perDay.get(date) ?? 0) + 1);
  const free = ["2021-11-25", "2021-12-24", "2022-02-18", "2022-02-19", "2022-02-20", "2022-02-21", "2022-02-23"];
  expect(free.filter((date) => perDay.has(date))).toEqual([]);
  expect(perDay.size).toBeGreaterThan(155);
  expect(Math.max(...perDay.values())).toBeLessThanOrEqual(15);
  const backToBacks = TEAMS.flatMap(({ abbr }) => {
    const own = games.filter((game) => game.home === abbr || game.away === abbr);
    return own.slice(1).filter((game, index) => daysBetween(own[index]!.date, game.date) === 1);
  });
  expect(backToBacks.length / TEAMS.length).toBeGreaterThan(11);
  expect(backToBacks.length / TEAMS.length).toBeLessThan(19);
});
