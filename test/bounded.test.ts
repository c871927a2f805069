import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bounded } from "../scripts/bounded.mjs";

describe("a program with a deadline", () => {
  it("tells what it has written and how it ended", async () => {
    expect(await bounded("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"], 60)).toEqual({
      status: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(await bounded("/nowhere/at/all", [], 60)).toMatchObject({
      status: null,
      stderr: expect.stringContaining("ENOENT"),
    });
  });

  it("ends with all that it has started, though they hold its output open", async () => {
    const { status, stdout, stderr } = await bounded("/bin/sh", ["-c", "sleep 600 & echo $!; sleep 600"], 1);
    expect([status, stderr.trim()]).toEqual([null, "it took longer than 1 s and was ended"]);
    // What has ended stays in the list, as Z, until its parent has heard of it.
    const state = () => spawnSync("ps", ["-o", "stat=", "-p", stdout.trim()], { encoding: "utf8" }).stdout;
    expect(stdout).toMatch(/^\d+\n$/);
    await expect.poll(state).toMatch(/^(Z|$)/);
  });
});
