import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { engineError, jobFailed } from "../../runner/engines/bigquery/errors.js";
import { readJob, readResults, readTable } from "../../runner/engines/bigquery/protocol.js";
import { redacted } from "../../runner/engines/bigquery/redact.js";
import { answeredError, RestError } from "../../runner/engines/bigquery/rest-error.js";
import { Rig, runWithin } from "../rig.js";

runWithin();

const TOKEN = "ya29.CANARY-token_0123456789.abcdefghijklmnop";
const REFRESH = "1//0CANARYrefresh0123456789abcdef";
const KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const KEY_LINE = KEY.split("\n")[1] as string;

/** Ways in which something outside may send our own secrets back to us. */
const CARRIERS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `Request had invalid credentials: Authorization: Bearer ${secret}`,
  (secret) => JSON.stringify({ headers: { authorization: `Bearer ${secret}` }, config: { data: secret } }),
  (secret) => `{"access_token":"${secret}","refresh_token":"${secret}"}`,
  (secret) => `private_key = ${secret}`,
  (secret) => `<html><pre>${secret}</pre></html>`,
  (secret) => `Bad thing\n\n${secret}\nat [3:5]`,
  (secret) => `${"x".repeat(1900)} Bearer ${secret}`,
];
const STATUSES = [400, 401, 403, 404, 409, 429, 500, 503];

describe("credentials", () => {
  it("are in no error, whatever the service, a proxy or a job answers", () => {
    let paths = 0;
    for (const secret of [TOKEN, `Bearer ${TOKEN}`, REFRESH, KEY, KEY.replaceAll("\n", "\\n")])
      for (const carry of CARRIERS) {
        const text = carry(secret);
        const errors: unknown[] = [
          ...STATUSES.map((status) =>
            answeredError(status, { error: { message: text, errors: [{ reason: "x" }] } }, text),
          ),
          ...STATUSES.map((status) => engineError(answeredError(status, undefined, text))),
          jobFailed({ reason: "invalidQuery", message: text }, "SELECT 1\n\n\n", "job"),
          new RestError("lost", 0, "network", text),
          redacted(text),
        ];
        for (const error of errors) {
          paths += 1;
          const shown = `${inspect(error, { depth: 9, showHidden: true })}\n${(error as Error).stack ?? ""}\n${JSON.stringify(error)}`;
          for (const canary of [TOKEN, REFRESH, KEY_LINE]) expect(shown).not.toContain(canary);
        }
      }
    expect(paths).toBeGreaterThan(200);
  });

  it("are in no error of an answer of the wrong shape", () => {
    for (const read of [readJob, readResults, readTable])
      for (const body of [{ [TOKEN]: 1 }, TOKEN, { jobReference: TOKEN }, { tableReference: { projectId: TOKEN } }]) {
        const error = thrownBy(() => read({ body }));
        expect(inspect(error, { depth: 9 })).not.toContain(TOKEN);
      }
  });

  it("are in no output of a command that cannot sign in, and go to no server of this machine", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: `bad ${request.headers.authorization} ${TOKEN} ${KEY}` } }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const rig = Rig.empty();
    const account = {
      type: "service_account",
      project_id: "acme",
      private_key_id: "CANARYID",
      private_key: KEY,
      client_email: "robot@acme.iam.gserviceaccount.com",
      token_uri: `${url}/token`,
    };
    rig.write(
      "dataform.json",
      JSON.stringify({ warehouse: "bigquery", defaultDatabase: "acme", defaultSchema: "shop" }),
    );
    rig.write("key.json", JSON.stringify(account));
    rig.write("fastbreak.json", "{}");
    const none = await rig.fastbreakWith({ HOME: rig.dir }, "query", "SELECT 1", "--target", "bigquery");
    // One message: no warning of a library stands beside it.
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toMatch(/^fastbreak: signing in to BigQuery failed: .*\n$/);
    const places: { keyFile?: string; endpoint?: string }[] = [
      { keyFile: "key.json" },
      { keyFile: "key.json", endpoint: url },
      { endpoint: url },
    ];
    for (const bigquery of places) {
      rig.write("fastbreak.json", JSON.stringify({ bigquery }));
      for (const json of bigquery.endpoint === undefined ? [[]] : [[], ["--json"]]) {
        const { code, stdout, stderr } = await rig.fastbreak("query", "SELECT 1", "--target", "bigquery", ...json);
        expect(code).not.toBe(0);
        for (const canary of [TOKEN, KEY_LINE, "CANARYID"]) expect(`${stdout}${stderr}`).not.toContain(canary);
      }
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((headers) => /authorization/i.test(headers))).toEqual([]);
    rig.remove();
    server.close();
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (cause) {
    return cause;
  }
  throw new Error("nothing was thrown");
}
