import { describe, expect, it } from "vitest";
import { FastbreakError } from "./errors.js";
import { startServer } from "./server.js";
import { translateSql } from "./translate.js";

/** What a caller without types gets for arguments that make no sense. */
async function refusal(work: () => Promise<unknown>): Promise<FastbreakError> {
  const cause = await work().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(FastbreakError);
  return cause as FastbreakError;
}

describe("a server that is started by a program", () => {
  it.each([
    [{ port: -1 }, "startServer: port must be a whole number from 0 to 65535, not -1"],
    [{ port: "abc" }, 'startServer: port must be a whole number from 0 to 65535, not "abc"'],
    [{ port: 1.5 }, "startServer: port must be a whole number from 0 to 65535, not 1.5"],
    [{ port: 65_530 }, "there is no port ten above 65530 for the Storage API; give its own port"],
    [{ storagePort: 70_000 }, "startServer: storagePort must be a whole number from 0 to 65535, not 70000"],
    [null, "startServer: the options must be an object, not null"],
    ["x", 'startServer: the options must be an object, not "x"'],
    [{ prot: 1 }, 'startServer: prot is no option, not "prot"'],
    [{ seed: 7 }, "startServer: seed must be a text, not 7"],
    [{ database: "" }, 'startServer: database must not be empty, not ""'],
    [{ timeTravelHours: -1 }, "startServer: timeTravelHours must be a number from 0 to 168, not -1"],
    [{ timeTravelHours: Number.NaN }, "startServer: timeTravelHours must be a number from 0 to 168, not NaN"],
    [{ streamingBufferSeconds: "x" }, 'startServer: streamingBufferSeconds must be a number from 0 to 86400, not "x"'],
    [{ faults: { rules: [{ fault: "none" }] } }, "startServer: faults: rules.0.fault: Invalid type"],
    [{ faults: 7 }, "startServer: faults: the document: Invalid type"],
    [
      { faults: { rules: [{ jobError: "backendError", job: "(" }] } },
      "startServer: faults: Invalid regular expression",
    ],
  ])("says which option is wrong: %j", async (options, message) => {
    const error = await refusal(() => startServer(options as never));
    expect(error.message).toContain(message);
    expect([error.code, error.message.split("\n").length]).toEqual(["usage", 1]);
  });
});

describe("a translation", () => {
  it.each([
    [[], "translateSql: the query must be a text, not undefined"],
    [[null], "translateSql: the query must be a text, not object"],
    [["SELECT 1", "d.t"], "translateSql: the tables must be an array"],
    [["SELECT 1", [{ name: "t" }]], "translateSql: tables.0.dataset must be a text"],
  ])("says which argument is wrong: %j", async (given, message) => {
    const error = await refusal(() => (translateSql as (...all: unknown[]) => Promise<unknown>)(...given));
    expect([error.code, error.message]).toEqual(["usage", message]);
  });
});
