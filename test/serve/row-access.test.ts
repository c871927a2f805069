import { BigQuery } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

/** A client whose bearer token is an address: the server takes it for who calls. */
function clientAs(url: string, token: string): BigQuery {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: token, expiry_date: Date.now() + 3_600_000 });
  return new BigQuery({ projectId: "test-project", apiEndpoint: url, authClient });
}

describe("row access policies", () => {
  let server: Served;
  let ask: (who: string, query: string) => Promise<readonly Record<string, unknown>[]>;
  let call: (method: string, path: string, body?: object) => Promise<{ status: number; body: Record<string, unknown> }>;
  beforeAll(async () => {
    server = await served("--database", "DIR/w.duckdb");
    ask = async (who, query) => (await clientAs(server.url, who || "none").query({ query }))[0];
    call = async (method, path, body) => {
      const url = `${server.url}/bigquery/v2/projects/test-project/datasets/d/tables/${path}`;
      const headers = { "content-type": "application/json" };
      const answer = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
    };
    await server.client.query(`CREATE SCHEMA d;
      CREATE TABLE d.sales AS SELECT * FROM UNNEST([STRUCT("US" AS region, 1 AS n), ("EU", 2), ("EU", 3)]);
      CREATE VIEW d.totals (place, n) AS SELECT region, SUM(n) FROM d.sales GROUP BY region;
      CREATE TABLE FUNCTION d.of_region(r STRING) AS SELECT n FROM d.sales WHERE region = r;
      CREATE ROW ACCESS POLICY us ON d.sales GRANT TO ("user:ann@example.com") FILTER USING (region = "US");
      CREATE ROW ACCESS POLICY eu ON d.sales GRANT TO ("user:bob@example.com", "domain:example.eu")
        FILTER USING (region = "EU" AND SESSION_USER() IS NOT NULL);
      CREATE ROW ACCESS POLICY everything ON d.sales GRANT TO ("user:root@example.com") FILTER USING (TRUE)`);
  });
  afterAll(() => server.stop());

  it("show each caller the rows that are open to it, by whatever way", async () => {
    const sees = async (who: string) => {
      const one = async (query: string) => Number((await ask(who, query))[0]?.n ?? 0);
      const [rows] = await clientAs(server.url, who || "none")
        .dataset("d")
        .table("sales")
        .getRows();
      return [
        await one("SELECT SUM(n) AS n FROM d.sales"),
        await one("SELECT SUM(n) AS n FROM d.totals WHERE place IN ('US', 'EU')"),
        await one("SELECT SUM(n) AS n FROM d.of_region('EU')"),
        await one(
          "WITH x AS (SELECT * FROM d.sales AS s) SELECT SUM(y.n) AS n FROM x JOIN d.sales AS y USING (region, n)",
        ),
        await one("CREATE TEMP TABLE t AS SELECT * FROM d.sales; SELECT SUM(n) AS n FROM t"),
        rows.length,
      ];
    };
    expect({
      ann: await sees("ann@example.com"),
      bob: await sees("bob@example.com"),
      domain: await sees("somebody@example.eu"),
      root: await sees("root@example.com"),
      nobody: await sees(""),
    }).toEqual({
      ann: [1, 1, 0, 1, 1, 1],
      bob: [5, 5, 5, 5, 5, 2],
      domain: [5, 5, 5, 5, 5, 2],
      root: [6, 6, 5, 6, 6, 3],
      nobody: [0, 0, 0, 0, 0, 0],
    });
    expect(await ask("ann@example.com", "SELECT SESSION_USER() AS who")).toEqual([{ who: "ann@example.com" }]);
  });

  it("let nobody change or copy rows whom some of them are hidden from", async () => {
    const denied = "Access Denied: Table test-project:d.sales: User does not have permission";
    const tried = [
      "UPDATE d.sales SET n = 0 WHERE TRUE",
      "DELETE FROM d.sales WHERE TRUE",
      "MERGE d.sales USING (SELECT 1 AS x) ON TRUE WHEN MATCHED THEN DELETE",
      "CREATE TABLE d.copied CLONE d.sales",
    ];
    for (const query of tried) await expect(ask("ann@example.com", query), query).rejects.toThrow(denied);
    const { client } = server;
    await expect(client.dataset("d").table("sales").copy(client.dataset("d").table("copied"))).rejects.toThrow(denied);
    await expect(ask("ann@example.com", "SELECT * FROM `d.sal*`")).rejects.toThrow("row access policies");
    await ask("root@example.com", "UPDATE d.sales SET n = n WHERE TRUE");
    await ask("ann@example.com", "INSERT d.sales VALUES ('US', 10)");
    expect(await ask("ann@example.com", "SELECT SUM(n) AS n FROM d.sales")).toEqual([{ n: 11 }]);
    await ask("root@example.com", "DELETE FROM d.sales WHERE n = 10");
  });

  it("are listed, read, replaced and deleted by the API, and last", async () => {
    const path = "sales/rowAccessPolicies";
    const names = async () =>
      ((await call("GET", path)).body.rowAccessPolicies as { rowAccessPolicyReference: { policyId: string } }[]).map(
        ({ rowAccessPolicyReference }) => rowAccessPolicyReference.policyId,
      );
    expect(await names()).toEqual(["eu", "everything", "us"]);
    expect((await call("GET", `${path}/us`)).body).toMatchObject({
      rowAccessPolicyReference: { projectId: "test-project", datasetId: "d", tableId: "sales", policyId: "us" },
      filterPredicate: 'region = "US"',
    });
    const iam = await call("POST", `${path}/us:getIamPolicy`, {});
    expect(iam.body.bindings).toEqual([
      { role: "roles/bigquery.filteredDataViewer", members: ["user:ann@example.com"] },
    ]);
    const rowAccessPolicyReference = { policyId: "small" };
    const small = { rowAccessPolicyReference, filterPredicate: "n < 3", grantees: ["user:zoe@example.com"] };
    expect((await call("POST", path, small)).status).toBe(200);
    expect(await ask("zoe@example.com", "SELECT COUNT(*) AS n FROM d.sales")).toEqual([{ n: 2 }]);
    expect((await call("POST", path, small)).status).toBe(409);
    expect((await call("PUT", `${path}/small`, { ...small, filterPredicate: "n < 2" })).status).toBe(200);
    await server.restart();
    expect(await ask("zoe@example.com", "SELECT COUNT(*) AS n FROM d.sales")).toEqual([{ n: 1 }]);
    expect((await call("POST", path, { ...small, filterPredicate: "nothing < 2" })).body.error).toMatchObject({
      message: "Unrecognized name: nothing at [2:1]",
    });
    expect((await call("DELETE", `${path}/small`)).status).toBe(204);
    expect((await call("GET", `${path}/small`)).status).toBe(404);
  });

  it("follow their table, and end by statements", async () => {
    const { client } = server;
    await client.query("ALTER TABLE d.sales RENAME TO sold");
    expect(await ask("ann@example.com", "SELECT COUNT(*) AS n FROM d.sold")).toEqual([{ n: 1 }]);
    await client.query("ALTER TABLE d.sold RENAME TO sales");
    const again = "CREATE ROW ACCESS POLICY us ON d.sales FILTER USING (TRUE)";
    await expect(client.query(again)).rejects.toThrow("Already Exists: Row access policy test-project:d.sales.us");
    const drop = "ROW ACCESS POLICY missing ON d.sales";
    await expect(client.query(`DROP ${drop}`)).rejects.toThrow("Not found: Row access policy");
    await client.query("DROP ROW ACCESS POLICY IF EXISTS missing ON d.sales");
    await client.query("DROP ROW ACCESS POLICY us ON d.sales");
    expect(await ask("ann@example.com", "SELECT COUNT(*) AS n FROM d.sales")).toEqual([{ n: 0 }]);
    const [job] = await client.createQueryJob("DROP ALL ROW ACCESS POLICIES ON d.sales");
    await job.getQueryResults();
    expect((await job.getMetadata())[0].statistics.query.statementType).toBe("DROP_ALL_ROW_ACCESS_POLICIES");
    expect(await ask("ann@example.com", "SELECT COUNT(*) AS n FROM d.sales")).toEqual([{ n: 3 }]);
  });
});
