import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Rig, ROOT } from "./rig.js";

/** The commands that the README shows somebody with a project of their own, in its order. */
function shown(): string[][] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const section = readme.split("\n## ").find((text) => text.startsWith("Your project in two commands")) ?? "";
  return [...section.matchAll(/^fastbreak (.*?)(?: {2,}#.*)?$/gm)].map(([, line = ""]) => line.trim().split(" "));
}

let rig: Rig;
beforeAll(() => {
  rig = Rig.empty();
  mkdirSync(join(rig.dir, "definitions"));
  rig.write("workflow_settings.yaml", "defaultProject: shop-prod\ndefaultDataset: shop\ndefaultLocation: EU\n");
  rig.write("definitions/orders.sqlx", 'config { type: "declaration", schema: "raw", name: "orders" }');
  rig.write("definitions/customers.sqlx", 'config { type: "declaration", schema: "raw", name: "customers" }');
  rig.write(
    "definitions/paid.sqlx",
    `config { type: "table", assertions: { uniqueKey: ["order_id"] } }
SELECT o.order_id, c.country, o.amount * 1.5 AS amount
FROM \${ref("raw", "orders")} AS o JOIN \${ref("raw", "customers")} AS c USING (customer_id)
WHERE o.amount > 0`,
  );
  rig.write(
    "definitions/by_country.sqlx",
    'config { type: "table" }\nSELECT country, SUM(amount) AS amount, COUNT(*) AS orders FROM ${ref("paid")} GROUP BY country',
  );
});
afterAll(() => rig.remove());

it("leads from a clone to a result, a plan, the rows of an edit and a page in at most six commands", async () => {
  const commands = shown();
  expect(commands.map(([name]) => name)).toEqual(["seed", "run", "plan", "diff", "report"]);
  const [seed, run, plan, diff, report] = commands.map((words) => () => rig.fastbreak(...words)) as [
    Walk,
    Walk,
    Walk,
    Walk,
    Walk,
  ];

  expect(await seed()).toMatchObject({ code: 0, stdout: expect.stringContaining("raw.orders") });
  const built = await run();
  expect(built).toMatchObject({ code: 0, stdout: expect.stringMatching(/shop\.paid .*never built/) });

  const file = join(rig.dir, "definitions/paid.sqlx");
  rig.write("definitions/paid.sqlx", readFileSync(file, "utf8").replace("* 1.5", "* 2"));
  const planned = await plan();
  expect(planned).toMatchObject({ code: 0, stdout: expect.stringMatching(/shop\.paid .*code changed/) });
  const changed = await diff();
  expect(changed.code).toBe(6);
  expect(changed.stdout).toContain("shop.paid");
  expect(changed.stdout).toContain("amount");

  expect((await report()).code).toBe(0);
  const page = readFileSync(join(rig.dir, ".fastbreak/report.html"), "utf8");
  expect(page).toMatch(/^<!doctype html>/i);
});

type Walk = () => ReturnType<Rig["fastbreak"]>;
