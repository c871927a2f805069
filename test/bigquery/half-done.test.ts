import { expect, it } from "vitest";
import { World } from "./world.js";

it("does not begin a script of the project again of which statements are done, whatever the failure says", async () => {
  const world = await World.open(
    {
      "definitions/note.sqlx": `config { type: "operations" }
INSERT INTO raw.seen VALUES (1); SELECT ERROR('too many callers, try again')`,
    },
    "CREATE SCHEMA raw; CREATE TABLE raw.seen (n INT64)",
  );
  try {
    const { actions } = await world.run();
    expect(actions.map(({ status, error }) => [status, error])).toEqual([
      ["failed", expect.stringContaining("try again")],
    ]);
    expect(await world.sql("SELECT COUNT(*) FROM raw.seen")).toEqual([["1"]]);
  } finally {
    await world.close();
  }
});
