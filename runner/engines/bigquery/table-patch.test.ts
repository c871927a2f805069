import { describe, expect, it } from "vitest";
import { NO_SETTINGS, type RelationSettings } from "../../port/relation-settings.js";
import { readTable } from "./protocol.js";
import { tablePatch } from "./table-patch.js";

const tableOf = (more: object) =>
  readTable({ body: { tableReference: { projectId: "p", datasetId: "d", tableId: "t" }, ...more } });
const NO_DEFAULTS = { partitionMs: undefined, tableMs: undefined };
const bodyOf = (table: object, settings: Partial<RelationSettings>, isExact = true) =>
  tablePatch(tableOf(table), { settings: { ...NO_SETTINGS, ...settings }, isExact }, NO_DEFAULTS).body;

describe("what has to be changed of a table", () => {
  it("is nothing where it is as it is wanted", () => {
    const live = {
      description: "x",
      labels: { a: "1" },
      schema: { fields: [{ name: "c", type: "STRING", description: "y", policyTags: { names: ["t"] } }] },
      timePartitioning: { type: "DAY", field: "day", expirationMs: "86400000" },
      requirePartitionFilter: true,
    };
    const wanted = {
      description: "x",
      labels: { a: "1" },
      columns: [{ path: ["c"], description: "y", policyTags: ["t"] }],
      partitionExpirationDays: 1,
      requiresPartitionFilter: true,
    };
    expect(bodyOf(live, wanted)).toEqual({});
  });

  it("takes away what others have said only of what is made anew each time", () => {
    const live = { description: "x", labels: { a: "1", b: "2" } };
    expect(bodyOf(live, { labels: { a: "3" } })).toEqual({ description: null, labels: { a: "3", b: null } });
    expect(bodyOf(live, { labels: { a: "3" } }, false)).toEqual({ labels: { a: "3" } });
    // Options of any name say what they like.
    expect(bodyOf(live, { options: { description: '"x"', labels: "[]" } })).toEqual({});
  });

  it("sets clusters, and takes them away of what is made anew each time", () => {
    const live = { clustering: { fields: ["a", "B"] } };
    expect(bodyOf(live, { clusterBy: ["A", "b"] })).toEqual({});
    expect(bodyOf(live, { clusterBy: ["b", "a"] }, false)).toEqual({ clustering: { fields: ["b", "a"] } });
    expect(bodyOf(live, {})).toEqual({ clustering: null });
    expect(bodyOf(live, {}, false)).toEqual({});
    expect(bodyOf({ ...live, type: "MATERIALIZED_VIEW" }, { clusterBy: ["c"] })).toEqual({});
  });

  it("keeps all that a schema says besides", () => {
    const inner = { name: "i", type: "INTEGER", mode: "NULLABLE", roundingMode: "ROUND_HALF_EVEN" };
    const live = { schema: { fields: [{ name: "s", type: "RECORD", mode: "REPEATED", fields: [inner] }] } };
    const columns = [{ path: ["s", "i"], description: "within", policyTags: [] }];
    expect(bodyOf(live, { columns }).schema).toEqual({
      fields: [{ name: "s", type: "RECORD", mode: "REPEATED", fields: [{ ...inner, description: "within" }] }],
    });
  });

  it("leaves an expiration that every table of the dataset has, once somebody has asked for it", () => {
    const table = tableOf({ timePartitioning: { type: "DAY", expirationMs: "5" } });
    const wanted = { settings: NO_SETTINGS, isExact: true };
    expect(tablePatch(table, wanted, "unknown")).toMatchObject({ body: {}, asksForDefault: true });
    expect(tablePatch(table, wanted, { ...NO_DEFAULTS, partitionMs: 5 }).body).toEqual({});
    expect(tablePatch(table, wanted, NO_DEFAULTS).body).toMatchObject({ timePartitioning: { expirationMs: null } });
  });

  it("takes away options that the project names no more, but no expiration that every table of the dataset has", () => {
    const live = { friendlyName: "x", maxStaleness: "0-0 0 1:0:0", expirationTime: "5" };
    expect(bodyOf(live, {})).toEqual({ friendlyName: null, maxStaleness: null, expirationTime: null });
    expect(bodyOf(live, {}, false)).toEqual({});
    expect(bodyOf(live, { options: { friendly_name: '"x"', expiration_timestamp: "t" } })).toEqual({
      maxStaleness: null,
    });
    const table = tableOf({ expirationTime: "5" });
    const wanted = { settings: NO_SETTINGS, isExact: true };
    expect(tablePatch(table, wanted, "unknown")).toMatchObject({ body: {}, asksForDefault: true });
    expect(tablePatch(table, wanted, { ...NO_DEFAULTS, tableMs: 9 }).body).toEqual({});
  });
});
