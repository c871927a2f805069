import { afterAll, beforeAll, expect, it } from "vitest";
import { type Served, served } from "./served.js";

interface Method {
  readonly httpMethod: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, { readonly location: string }>>;
}

interface Document {
  readonly rootUrl: string;
  readonly servicePath: string;
  readonly resources: Readonly<Record<string, { readonly methods: Readonly<Record<string, Method>> }>>;
}

let server: Served;
beforeAll(async () => {
  server = await served("--in-memory");
});
afterAll(() => server.stop());

it("describes methods that are answered, to old and new clients", async () => {
  const [document, older] = await Promise.all(
    ["$discovery/rest?version=v2", "discovery/v1/apis/bigquery/v2/rest"].map(
      async (path): Promise<Document> => (await fetch(`${server.url}/${path}`)).json() as Promise<Document>,
    ),
  );
  expect(older).toEqual(document);
  const { rootUrl, servicePath, resources } = document as Document;
  expect(rootUrl).toBe(`${server.url}/`);
  const methods = Object.entries(resources).flatMap(([resource, { methods }]) =>
    Object.entries(methods).map(([name, method]) => ({ name: `${resource}.${name}`, ...method })),
  );
  expect(methods.length).toBeGreaterThan(40);
  for (const { name, httpMethod, path, parameters } of methods) {
    const named = [...path.matchAll(/\{\+(\w+)\}/g)].map(([, parameter]) => parameter);
    expect(Object.keys(parameters)).toEqual(expect.arrayContaining(named));
    const resource = name.startsWith("routines.") ? "routines/r" : "tables/t";
    const policy = name.startsWith("rowAccessPolicies.") ? "/rowAccessPolicies/q" : "";
    const url = path.replace("{+resource}", `projects/p/datasets/d/${resource}${policy}`).replaceAll(/\{\+\w+\}/g, "x");
    const headers = httpMethod === "GET" || httpMethod === "DELETE" ? {} : { "content-type": "application/json" };
    const body = "content-type" in headers ? { body: "{}" } : {};
    const answer = await fetch(`${rootUrl}${servicePath}${url}`, { method: httpMethod, headers, ...body });
    expect(await answer.text(), name).not.toContain(`Not found: ${httpMethod} /`);
  }
});
