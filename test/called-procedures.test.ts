import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

/** A procedure that makes d.made of the source, and a model that reads it once `after` has run. */
const procedure = (value: string) =>
  `config { type: "operations" }
CREATE OR REPLACE PROCEDURE d.fill() BEGIN CREATE OR REPLACE TABLE d.made AS SELECT ${value} AS v FROM raw.numbers; END`;
const reader = (after: string) => `config { type: "table", dependencies: ["${after}"] }\nSELECT v FROM d.made`;

let rig: Rig;
const start = async (files: Readonly<Record<string, string>>): Promise<void> => {
  rig = await projectOf({ procedure: procedure("SUM(n)"), ...files });
  await rig.fastbreak("run", "--quiet");
};
const again = async () => {
  const { code, stderr } = await rig.fastbreak("run", "--quiet");
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return (await rig.fastbreak("query", "--csv", "SELECT v FROM d.reader")).stdout.trim().split("\n").at(-1);
};

describe("a procedure of the project", () => {
  beforeEach(() => start({}));
  afterEach(() => rig.remove());

  it("is one that there is: a check tells where it is not, unless texts that are put together may make it", async () => {
    const call = (name: string, before = "") =>
      rig.write("definitions/caller.sqlx", `config { type: "operations" }\n${before}CALL ${name}()`);
    const checked = async () => {
      const { code, stdout } = await rig.fastbreak("check");
      return [code, stdout.split("\n")[0]];
    };
    call("d.fil");
    expect(await checked()).toEqual([2, "definitions/caller.sqlx:2:6: Procedure not found: d.fil"]);
    for (const name of ["d.fill", "D.`fill`", "BQ.REFRESH_EXTERNAL_METADATA_CACHE"]) {
      call(name);
      expect((await checked())[0], name).toBe(0);
    }
    await rig.fastbreak("query", "CREATE PROCEDURE d.elsewhere() BEGIN SELECT 1; END");
    call("d.elsewhere");
    expect((await checked())[0]).toBe(0);
    call("d.fil", "EXECUTE IMMEDIATE 'CREATE PROCEDURE d.fil() BEGIN SELECT 1; END';\n");
    expect((await checked())[0]).toBe(0);
  });

  it("is an input of a skippable operation that calls it, and what it writes is written by that", async () => {
    rig.write(
      "definitions/caller.sqlx",
      'config { type: "operations", tags: ["skippable"], dependencies: ["procedure"] }\nCALL d.fill()',
    );
    rig.write("definitions/reader.sqlx", reader("caller"));
    expect(await again()).toBe("4");
    expect((await rig.fastbreak("plan", "--detailed-exitcode", "--select", "caller", "reader")).code).toBe(0);
    rig.write("definitions/procedure.sqlx", procedure("SUM(n) + 1"));
    expect(await again()).toBe("5");
    await rig.fastbreak("query", "INSERT INTO raw.numbers (n) VALUES (10)");
    expect(await again()).toBe("15");
  });

  it("that post_operations call writes what the models behind them read", async () => {
    rig.write(
      "definitions/caller.sqlx",
      'config { type: "table", dependencies: ["procedure"] }\nSELECT 1 AS one\npost_operations { CALL d.fill() }',
    );
    rig.write("definitions/reader.sqlx", reader("caller"));
    expect(await again()).toBe("4");
    await rig.fastbreak("query", "INSERT INTO raw.numbers (n) VALUES (10)");
    expect(await again()).toBe("14");
    const { stdout } = await rig.fastbreak("plan", "--select", "caller");
    expect(stdout).not.toContain("volatile");
  });
});

it("decides about what waits for post_operations that nobody can read only once they have run", async () => {
  await start({
    caller:
      'config { type: "table" }\nSELECT 1 AS one\npost_operations { EXECUTE IMMEDIATE "CREATE OR REPLACE TABLE d.made AS SELECT SUM(n) AS v FROM raw.numbers" }',
    reader: reader("caller"),
  });
  expect(await again()).toBe("4");
  await rig.fastbreak("query", "INSERT INTO raw.numbers (n) VALUES (10)");
  expect(await again()).toBe("14");
  rig.remove();
});
