import { describe, expect, it } from "vitest";
import { askTwice } from "./ask-twice.js";

/** Asks a question whose answers are given, and tells the order in which things happened. */
async function asked(answers: readonly boolean[], mayWait: boolean) {
  const told: string[] = [];
  const ask = async () => {
    told.push("ask");
    return answers[told.filter((word) => word === "ask").length - 1] as boolean;
  };
  const wait = async () => {
    told.push("wait");
  };
  const result = await askTwice(ask, (answer) => answer, mayWait ? wait : undefined);
  return { ...result, told: told.join(" ") };
}

describe("asking twice", () => {
  it("takes a yes at once", async () => {
    expect(await asked([true], true)).toEqual({ answer: true, isRetried: false, told: "ask" });
  });

  it("waits after a no, and takes the second answer whatever it is", async () => {
    expect(await asked([false, true], true)).toEqual({ answer: true, isRetried: true, told: "ask wait ask" });
    expect(await asked([false, false], true)).toEqual({ answer: false, isRetried: true, told: "ask wait ask" });
  });

  it("takes a no at once where nobody waits", async () => {
    expect(await asked([false], false)).toEqual({ answer: false, isRetried: false, told: "ask" });
  });
});
