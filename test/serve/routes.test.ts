import { beforeAll, describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

type Body = Readonly<Record<string, unknown>>;

describe("routes that clients call rarely", () => {
  const { server, rows } = servedShop();
  const send = async (method: string, path: string, body?: Body) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const content = body === undefined ? null : JSON.stringify(body);
    const answer = await fetch(`${server().url}/bigquery/v2/projects/p${path}`, { method, headers, body: content });
    const text = await answer.text();
    return { status: answer.status, body: (text === "" ? {} : JSON.parse(text)) as Body };
  };
  const x = [{ name: "x", dataType: { typeKind: "INT64" } }];
  const routine = (routineId: string, given: Body) =>
    send("POST", "/datasets/shop/routines", { routineReference: { routineId }, arguments: x, ...given });
  beforeAll(async () => {
    await routine("f", {
      routineType: "SCALAR_FUNCTION",
      language: "SQL",
      definitionBody: "x + 1",
      description: "adds",
    });
    await routine("p", { routineType: "PROCEDURE", definitionBody: "BEGIN SELECT x; END" });
    await rows("CREATE TABLE shop.t (a INT64)");
  });

  it("lists routines briefly, of one type, or with what is asked for", async () => {
    const list = async (query: string) => (await send("GET", `/datasets/shop/routines?${query}`)).body.routines;
    expect(await list("filter=routineType:PROCEDURE")).toMatchObject([{ routineReference: { routineId: "p" } }]);
    const [brief, masked] = [await list(""), await list("readMask=definition_body,description")] as [Body[], Body[]];
    expect(Object.keys(brief[0] ?? {}).sort()).toEqual(
      ["etag", "routineReference", "routineType", "creationTime", "lastModifiedTime", "language"].sort(),
    );
    expect(masked[0]).toEqual({
      routineReference: { projectId: "p", datasetId: "shop", routineId: "f" },
      definitionBody: "x + 1",
      description: "adds",
    });
    expect((await send("GET", "/datasets/shop/routines/f?readMask=language")).body).toMatchObject({ language: "SQL" });
    expect((await send("GET", "/datasets/shop/routines?filter=x")).status).toBe(400);
  });

  it("refuses routines in languages that it does not have, by their names", async () => {
    const { status, body } = await routine("py", { language: "PYTHON", definitionBody: "def f(x): return x" });
    expect([status, body]).toMatchObject([
      400,
      { error: { message: expect.stringContaining("in PYTHON are not supported") } },
    ]);
  });

  it("keeps the IAM policies of routines, and answers what may be done to policies of rows", async () => {
    const path = "/datasets/shop/routines/f";
    const bindings = [{ role: "roles/bigquery.dataViewer", members: ["user:a@example.com"] }];
    expect((await send("POST", `${path}:setIamPolicy`, { policy: { bindings } })).body).toMatchObject({ bindings });
    expect((await send("POST", `${path}:getIamPolicy`, {})).body).toMatchObject({ bindings });
    const permissions = ["bigquery.routines.get"];
    expect((await send("POST", `${path}:testIamPermissions`, { permissions })).body).toEqual({ permissions });
    expect((await send("POST", "/datasets/shop/routines/none:getIamPolicy", {})).status).toBe(404);
    const policies = "/datasets/shop/tables/t/rowAccessPolicies";
    await send("POST", policies, {
      rowAccessPolicyReference: { policyId: "own" },
      filterPredicate: "a = 1",
      grantees: ["user:a@example.com"],
    });
    expect((await send("POST", `${policies}/own:testIamPermissions`, { permissions })).body).toEqual({ permissions });
    await send("DELETE", `${policies}/own?force=true`);
  });

  it("says what is wrong as the service does", async () => {
    const message = async (method: string, path: string, body?: Body) => {
      const { error } = (await send(method, path, body)).body as { error: { code: number; message: string } };
      return `${error.code} ${error.message}`;
    };
    expect(await message("POST", "/queries", { query: "SELECT * FROM none.t", useLegacySql: false })).toBe(
      "404 Not found: Dataset p:none was not found in location US",
    );
    expect(await message("POST", "/queries", { query: "SELECT * FROM shop.none", useLegacySql: false })).toContain(
      "404 Not found: Table p:shop.none was not found in location US",
    );
    const fields = [
      { name: "a", type: "INTEGER" },
      { name: "A", type: "STRING" },
    ];
    expect(
      await message("POST", "/datasets/shop/tables", { tableReference: { tableId: "twice" }, schema: { fields } }),
    ).toBe("400 Field A already exists in schema");
    expect(await message("GET", "/datasets?filter=colour:red")).toContain("400 Invalid value for filter");
  });
});
