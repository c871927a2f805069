import { afterEach, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

it("run nothing when their values move, and whoever reads them all the same", async () => {
  rig = await projectOf({
    staged: 'config { type: "view" }\nSELECT * EXCEPT (loaded) FROM ${ref("numbers")}',
    shown: 'config { type: "table" }\nSELECT * FROM ${ref("staged")}',
    imported:
      'config { type: "table" }\nWITH source AS (SELECT * FROM ${ref("numbers")}) SELECT * EXCEPT (Loaded) FROM source',
    filtered: 'config { type: "table" }\nSELECT * EXCEPT (loaded) FROM ${ref("numbers")} WHERE loaded > 0',
    passed: 'config { type: "view" }\nSELECT * FROM ${ref("numbers")}',
    behind: 'config { type: "table" }\nSELECT * EXCEPT (loaded) FROM ${ref("passed")}',
    all: 'config { type: "table" }\nSELECT * FROM ${ref("numbers")}',
  });
  await rig.sql("ALTER TABLE raw.numbers ADD COLUMN loaded BIGINT DEFAULT 1");
  await rig.run([]);
  const ranAfter = async (statement: string) => {
    await rig.sql(statement);
    const { actions } = await rig.run([]);
    const runs = actions.filter(({ partitions }) => partitions.some(({ decision }) => decision === "run"));
    return runs.map(({ name }) => name).sort();
  };
  expect(await ranAfter("UPDATE raw.numbers SET loaded = 2")).toEqual(["d.all", "d.filtered"]);
  const readers = ["d.all", "d.behind", "d.filtered", "d.imported", "d.shown"];
  expect(await ranAfter("UPDATE raw.numbers SET n = 5")).toEqual(readers);
  expect(await ranAfter("INSERT INTO raw.numbers VALUES (5, '2024-01-01', 2)")).toEqual(readers);
  expect(await ranAfter("ALTER TABLE raw.numbers ADD COLUMN more BIGINT")).toEqual(
    [...readers, "d.passed", "d.staged"].sort(),
  );
  expect((await rig.fastbreak("verify")).code).toBe(0);
  // A star cannot leave out what is not there.
  await rig.sql("ALTER TABLE raw.numbers DROP COLUMN loaded");
  const { code, stdout } = await rig.fastbreak("run");
  expect([code, stdout]).toEqual([1, expect.stringMatching(/FAIL .*d\.imported .*Loaded/)]);
});
