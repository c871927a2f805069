import { resolve } from "node:path";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { RunnerSettings } from "../project/settings.js";
import { settingsSchema } from "../project/settings-schema.js";
import { chooseSettings, chosenLimits, type PlaceOptions, type Variables } from "./choose-settings.js";

const SETTINGS: RunnerSettings = {
  ...v.parse(settingsSchema, {}),
  stateDataset: "s",
  database: "file.duckdb",
  memory: "1GB",
  threads: 1,
  environments: {
    dev: { database: "dev.duckdb", memory: "2GB", schemaSuffix: "dev", vars: { a: "environment", b: "environment" } },
  },
};

const choose = (flags: PlaceOptions, variables: Variables = {}, settings = SETTINGS) =>
  chooseSettings("/project", flags, settings, variables);

describe("chooseSettings", () => {
  it("lays flag over variable over environment over settings over default", () => {
    const variables = { FASTBREAK_ENVIRONMENT: "dev", FASTBREAK_MEMORY: "3GB" };
    expect(choose({ memory: "4GB" }, variables).memory).toBe("4GB");
    expect(choose({}, variables).memory).toBe("3GB");
    expect(choose({ environment: "dev" }).memory).toBe("2GB");
    expect(choose({}).memory).toBe("1GB");
    expect(choose({}, {}, { ...SETTINGS, memory: undefined }).memory).toBeUndefined();
    expect(choose({})).toMatchObject({ target: "duckdb", threads: 1, concurrency: 4, overrides: {} });
  });

  it("reads paths of the settings from the project and those of flags and variables from the working directory", () => {
    expect(choose({}).database).toBe("/project/file.duckdb");
    expect(choose({ environment: "dev" }).database).toBe("/project/dev.duckdb");
    expect(choose({ database: "x.duckdb" }).database).toBe(resolve("x.duckdb"));
    expect(choose({}, { FASTBREAK_DATABASE: "x.duckdb" }).database).toBe(resolve("x.duckdb"));
  });

  it("lays variables of the project over each other one by one", () => {
    const flags = { environment: "dev", overrides: { vars: { a: "flag" }, schemaSuffix: "mine" } };
    expect(choose(flags).overrides).toEqual({ vars: { a: "flag", b: "environment" }, schemaSuffix: "mine" });
  });

  it.each<[PlaceOptions, Variables, string]>([
    [{ environment: "dve" }, {}, '--environment dve is not known; did you mean "dev"?'],
    [{}, { FASTBREAK_ENVIRONMENT: "constructor" }, "FASTBREAK_ENVIRONMENT constructor is not known; known: dev"],
    [{ threads: "none" }, {}, "--threads none is not possible; give a whole number from 1 to 256"],
    [{}, { FASTBREAK_CONCURRENCY: "65" }, "FASTBREAK_CONCURRENCY 65 is not possible; give a whole number from 1 to 64"],
    [{ database: ":memory:" }, {}, "--database :memory: is not possible: the warehouse is a file"],
    [{}, { FASTBREAK_DATABASE: "s3://bucket/x.duckdb" }, "FASTBREAK_DATABASE s3://bucket/x.duckdb is not possible"],
    [{ memory: "-1GB" }, {}, "--memory -1GB is not possible; give an amount such as 4GB or 50%"],
  ])("refuses %j with %j", (flags, variables, message) => {
    expect(() => choose(flags, variables)).toThrow(message);
  });
});

describe("chosenLimits", () => {
  it("takes flags before variables, and nothing that means nothing", () => {
    const variables = { FASTBREAK_THREADS: "3", FASTBREAK_MEMORY: "2GB" };
    expect(chosenLimits({}, {})).toEqual({ memory: undefined, threads: undefined });
    expect(chosenLimits({ memory: "1GB" }, variables)).toEqual({ memory: "1GB", threads: 3 });
    expect(() => chosenLimits({ threads: "many" }, variables)).toThrow("--threads many is not possible");
  });
});
