import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("definitions/assertions.js lists every file of assertions/, once", () => {
  const files = readdirSync(new URL("../assertions/", import.meta.url), { recursive: true, encoding: "utf8" });
  const list = readFileSync(new URL("../definitions/assertions.js", import.meta.url), "utf8");
  const listed = [...list.matchAll(/require\("\.\.\/assertions\/(.+)"\)/g)].map((match) => match[1]);
  expect(listed).toEqual(files.filter((file) => /\.(sqlx|js)$/.test(file)).sort());
});
