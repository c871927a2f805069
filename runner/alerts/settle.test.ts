import { describe, expect, it } from "vitest";
import type { LoggedAlert } from "../state/alerts-log.js";
import { type Finding, type Scope, settleAlerts } from "./settle.js";

const NOW = { time: "2021-11-15T05:00:00.000Z", runId: "r1" };
const LATER = { time: "2021-11-15T06:00:00.000Z", runId: "r2" };
const finding = (more: Partial<Finding> = {}): Finding => ({
  rule: "quality",
  name: "quality",
  subject: undefined,
  severity: "warning",
  level: undefined,
  channel: "#data",
  message: "78",
  date: "2021-11-15",
  value: 78,
  informational: false,
  ...more,
});
const scope = (more: Partial<Scope> = {}): Scope => ({
  rules: new Set(["quality"]),
  from: "2021-11-15",
  to: "2021-11-15",
  ...more,
});
const opened = (more: Partial<Finding> = {}): LoggedAlert => {
  const [alert] = settleAlerts([], [finding(more)], scope(), NOW).opened;
  if (alert === undefined) throw new Error("nothing was opened");
  return alert;
};

describe("alerts", () => {
  it("open once for a name, date and severity", () => {
    const first = settleAlerts([], [finding(), finding()], scope(), NOW);
    expect(first.opened).toMatchObject([{ name: "quality", createdAt: NOW.time, runId: "r1", timesOpened: 1 }]);
    expect(settleAlerts(first.opened, [finding({ message: "77" })], scope(), LATER)).toEqual({
      opened: [],
      resolved: [],
    });
    expect(settleAlerts(first.opened, [finding({ date: "2021-11-16" })], scope(), LATER).opened).toHaveLength(1);
  });

  it("are resolved when they are looked at and not found", () => {
    const log = [opened()];
    expect(settleAlerts(log, [], scope(), LATER).resolved).toMatchObject([
      { id: log[0]?.id, resolvedAt: LATER.time, resolution: "no longer found" },
    ]);
  });

  it("stay open when nobody looked: another date, or a rule that could not be asked", () => {
    const log = [opened()];
    expect(settleAlerts(log, [], scope({ from: "2021-11-16", to: "2021-11-16" }), LATER).resolved).toEqual([]);
    expect(settleAlerts(log, [], scope({ rules: new Set() }), LATER).resolved).toEqual([]);
  });

  it("without a date are looked at whatever the dates are", () => {
    const log = [opened({ date: undefined })];
    expect(settleAlerts(log, [], scope({ from: "2022-01-01", to: "2022-01-01" }), LATER).resolved).toHaveLength(1);
  });

  it("open again when they are back, as the same alert, to be told again", () => {
    const [resolved] = settleAlerts([{ ...opened(), notifiedAt: NOW.time }], [], scope(), LATER).resolved;
    const again = settleAlerts(resolved === undefined ? [] : [resolved], [finding()], scope(), LATER);
    expect(again.opened).toMatchObject([
      { id: resolved?.id, timesOpened: 2, resolvedAt: undefined, notifiedAt: undefined, createdAt: LATER.time },
    ]);
  });

  it("of another severity take the place of the one before", () => {
    const { opened: now, resolved } = settleAlerts([opened()], [finding({ severity: "critical" })], scope(), LATER);
    expect(now).toMatchObject([{ severity: "critical" }]);
    expect(resolved).toMatchObject([{ severity: "warning", resolution: "now critical" }]);
  });

  it("that were expected and are so no more are told", () => {
    const log = [opened({ informational: true })];
    expect(settleAlerts(log, [finding()], scope(), LATER).opened).toMatchObject([{ informational: false }]);
  });
});
