import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

const { server, rows } = servedShop();

/** A session that a client has opened. */
async function opened(): Promise<string> {
  const [job] = await server().client.createQueryJob({
    query: "CREATE TEMP TABLE kept AS SELECT 1 AS x",
    createSession: true,
  });
  await job.getQueryResults();
  return (await job.getMetadata())[0].statistics.sessionInfo.sessionId;
}

const within = (id: string) => ({ connectionProperties: [{ key: "session_id", value: id }] });

describe("system procedures", () => {
  it("end the session that calls them when its text is through, or another one by its id", async () => {
    const [own, other] = [await opened(), await opened()];
    expect(await rows("CALL BQ.ABORT_SESSION(); SELECT x FROM kept", within(own))).toEqual([{ x: 1 }]);
    await expect(rows("SELECT x FROM kept", within(own))).rejects.toThrow("Invalid input session id");
    expect(await rows("SELECT x FROM kept", within(other))).toEqual([{ x: 1 }]);
    await rows(`DECLARE id STRING DEFAULT '${other}'; CALL BQ.ABORT_SESSION(id)`);
    await expect(rows("SELECT x FROM kept", within(other))).rejects.toThrow("Invalid input session id");
    await expect(rows("CALL BQ.ABORT_SESSION()")).rejects.toThrow("in a session only");
    await expect(rows("CALL BQ.ABORT_SESSION('none')")).rejects.toThrow("Invalid input session id");
  });

  it.each(["", "test-project."])("cancel a job that runs, called as '%sjob'", async (project) => {
    const query =
      "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 1000000)) a, UNNEST(GENERATE_ARRAY(1, 1000000)) b WHERE a * b = 7";
    const [job] = await server().client.createQueryJob({ query });
    await rows(`CALL BQ.JOBS.CANCEL('${project}${job.id}')`);
    await expect(job.getQueryResults()).rejects.toThrow("Job execution was cancelled");
    await expect(rows("CALL BQ.JOBS.CANCEL('never-there')")).rejects.toThrow("Not found: Job");
  });

  it("refresh what is never stale, if it exists", async () => {
    await rows(
      "CREATE TABLE shop.sold AS SELECT 1 AS x; CREATE MATERIALIZED VIEW shop.sums AS SELECT x FROM shop.sold",
    );
    await rows("CALL BQ.REFRESH_MATERIALIZED_VIEW('test-project.shop.sums')");
    await rows("CALL BQ.REFRESH_EXTERNAL_METADATA_CACHE('shop.sold')");
    await expect(rows("CALL BQ.REFRESH_MATERIALIZED_VIEW('shop.none')")).rejects.toThrow(
      "Not found: Materialized view",
    );
    await expect(rows("CALL BQ.REFRESH_EXTERNAL_METADATA_CACHE('shop.none')")).rejects.toThrow("Not found: Table");
  });
});
