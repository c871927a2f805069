import { describe, expect, it } from "vitest";
import { chooseWorkers } from "./workers.js";

const SETTINGS = {
  variable: "ALL_WORKERS",
  actions: {
    players: { variable: "PLAYER_WORKERS", default: 10, switch: "ENABLE_PLAYERS" },
    teams: { variable: "TEAM_WORKERS", default: 4 },
  },
};
const chosen = (variables: Readonly<Record<string, string>>, processors = 16) => {
  const { actions, warnings } = chooseWorkers(SETTINGS, variables, processors);
  return { told: actions.map(({ workers, origin, isAsked }) => `${workers} ${origin} ${isAsked}`), warnings };
};

describe("workers", () => {
  it.each([
    [{}, ["10 default false", "4 default false"]],
    [{ ALL_WORKERS: "2" }, ["2 ALL_WORKERS true", "2 ALL_WORKERS true"]],
    [{ ALL_WORKERS: "2", PLAYER_WORKERS: "12" }, ["12 PLAYER_WORKERS true", "2 ALL_WORKERS true"]],
    [{ PLAYER_WORKERS: "" }, ["10 default false", "4 default false"]],
    [{ ALL_WORKERS: "3", ENABLE_PLAYERS: "false" }, ["1 ENABLE_PLAYERS false", "3 ALL_WORKERS true"]],
    [{ ALL_WORKERS: "3", ENABLE_PLAYERS: "true" }, ["3 ALL_WORKERS true", "3 ALL_WORKERS true"]],
  ])("the own variable goes before the one for all before the default: %j", (variables, told) => {
    expect(chosen(variables)).toEqual({ told, warnings: [] });
  });

  it("are no more than the machine has processors, and at least one", () => {
    expect(chosen({}, 2).told).toEqual(["2 default false", "2 default false"]);
    expect(chosen({ PLAYER_WORKERS: "12" }, 2).told[0]).toBe("2 PLAYER_WORKERS, 12 cut to the processors true");
    expect(chosen({}, 0).told[0]).toBe("1 default false");
  });

  it.each(["0", "-1", "many", "1.5"])("a value of %s is told, and the next one holds", (value) => {
    expect(chosen({ PLAYER_WORKERS: value, ALL_WORKERS: "2" })).toEqual({
      told: ["2 ALL_WORKERS true", "2 ALL_WORKERS true"],
      warnings: [`PLAYER_WORKERS ${value} is no whole number above 0 and does not count`],
    });
  });
});
