import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRunnerSettings } from "./settings.js";

function read(alerts: string) {
  const folder = mkdtempSync(join(tmpdir(), "fastbreak-alerts-"));
  writeFileSync(join(folder, "fastbreak.json"), `{"alerts": ${alerts}}`);
  return readRunnerSettings(folder).alerts;
}

describe("the alerts of fastbreak.json", () => {
  it("have defaults", () => {
    expect(read('{"rules": {"a": {"sql": "a.sql"}}, "sinks": {"b": {"type": "stdout"}}}')).toEqual({
      rules: { a: { sql: "a.sql", severity: "warning" } },
      sinks: { b: { type: "stdout", severity: "info" } },
      days: 7,
    });
  });

  it("take a list of channels", () => {
    const { sinks } = read('{"sinks": {"b": {"type": "file", "path": "x", "channels": ["#a", "#b"]}}}');
    expect(sinks.b?.channels).toEqual(["#a", "#b"]);
  });

  it.each([
    ['{"rules": {"a": {}}}', '"alerts.rules.a": needs either sql or on'],
    ['{"rules": {"a": {"sql": "x.sql", "severe": "info"}}}', 'unknown setting "alerts.rules.a.severe"'],
    ['{"rules": {"a": {"sql": "x.sql", "severity": "bad"}}}', "must be critical, error, warning or info"],
    ['{"rules": {"a": {"on": "slow_runs"}}}', "slow_runs, and nothing else, needs seconds"],
    ['{"rules": {"a": {"on": "slow_models", "seconds": 5}}}', "slow_runs, and nothing else, needs seconds"],
    ['{"rules": ["a"]}', '"alerts.rules": must not be a list'],
    ['{"sinks": {"a": {"type": "mail"}}}', "stdout, file or webhook"],
    ['{"sinks": {"a": {"type": "webhook"}}}', '"alerts.sinks.a.urlVariable"'],
    [
      '{"sinks": {"a": {"type": "webhook", "urlVariable": "https://x"}}}',
      "must be the name of an environment variable",
    ],
    ['{"sinks": {"a": {"type": "stdout", "channels": "x"}}}', "must be a list of channels"],
    ['{"sinks": {"a": {"type": "stdout", "path": "x"}}}', '"alerts.sinks.a.path"'],
    ['{"day": 7}', 'unknown setting "alerts.day"; did you mean "days"?'],
    ['{"days": 0}', "must be a whole number from 1 to 366"],
  ])("refuse %s", (alerts, message) => {
    expect(() => read(alerts)).toThrow(message);
  });
});
