import { expect, it } from "vitest";
import { CASELESS } from "./macros/string.js";

it("takes for one another, of the characters it searches in, just those that ICU does without case", () => {
  const isMember = new RegExp(`^${CASELESS.replace(/\*$/, "")}$`, "u");
  const collator = new Intl.Collator("und", { sensitivity: "accent" });
  const members = Array.from({ length: 0x4e40 }, (_, code) => String.fromCodePoint(code)).filter((c) =>
    isMember.test(c),
  );
  expect(members.length).toBeGreaterThan(500);
  for (const one of members) {
    expect([...one.toLowerCase()]).toHaveLength(1);
    expect(isMember.test(one.toLowerCase())).toBe(true);
  }
  const unlike = members.flatMap((a) =>
    members.filter((b) => (collator.compare(a, b) === 0) !== (a.toLowerCase() === b.toLowerCase())).map((b) => a + b),
  );
  expect(unlike).toEqual([]);
});
