import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { JobError } from "../../port/sql-jobs.js";
import { ApiError, apiError } from "./errors.js";
import { etagOf, requireMatch } from "./etag.js";
import { pageOf, pageToken, startOfPage } from "./page-token.js";
import { declaredText, fieldsOf, quoted, typeOfField } from "./schema.js";
import { checked } from "./validate.js";

describe("requests", () => {
  const inner = v.object({ name: v.string(), modes: v.optional(v.array(v.string())) });
  const request = v.object({ label: v.nullish(v.string()), fields: v.nullish(v.array(inner)) });

  it("may say null for nothing, and one value for a list of it", () => {
    expect(checked(request, { label: null, fields: [{ name: "a", modes: null }] })).toEqual({
      label: null,
      fields: [{ name: "a" }],
    });
    expect(checked(request, { fields: [{ name: "a", modes: "x" }] })).toEqual({
      fields: [{ name: "a", modes: ["x"] }],
    });
    expect(() => checked(request, { fields: [{ name: null }] })).toThrow(
      "Required parameter is missing: fields.0.name",
    );
    expect(() => checked(request, { fields: [null] })).toThrow("Invalid value for fields.0");
    expect(() => checked(request, { fields: { name: "a" } })).toThrow("Invalid value for fields");
  });
});

const PLACE = { project: "p", location: "US" };

describe("errors", () => {
  it.each([
    [new JobError("invalidQuery", "Wrong", { line: 2, column: 3 }), 400, "Wrong at [2:3]", "query"],
    [
      new JobError("notFound", "x", undefined, { kind: "Table", path: ["d", "t"] }),
      404,
      "Not found: Table p:d.t was not found in location US",
      undefined,
    ],
    [
      new JobError("notFound", "x", undefined, { kind: "Table", path: ["other", "d", "t"] }),
      404,
      "Not found: Table other:d.t was not found in location US",
      undefined,
    ],
    [
      new JobError("notFound", "x [in procedure d.q at 2:15] [in d.p at 1:3]", undefined, {
        kind: "Table",
        path: ["d", "t"],
      }),
      404,
      "Not found: Table p:d.t was not found in location US [in procedure d.q at 2:15] [in d.p at 1:3]",
      undefined,
    ],
    [
      new JobError("duplicate", "x", undefined, { kind: "Dataset", path: ["d"] }),
      409,
      "Already Exists: Dataset p:d",
      undefined,
    ],
    [
      new JobError("notFound", "x", undefined, { kind: "Table", path: ["t"] }),
      400,
      'Table "t" must be qualified with a dataset (e.g. dataset.table).',
      undefined,
    ],
  ])("tells %s in BigQuery's words", (cause, code, message, location) => {
    const error = apiError(cause, PLACE);
    expect([error.httpCode, error.message, error.location]).toEqual([code, message, location]);
  });

  it("have the shape of the API", () => {
    expect(new ApiError("invalidQuery", "Wrong", "q").body).toEqual({
      error: {
        code: 400,
        message: "Wrong",
        status: "INVALID_ARGUMENT",
        errors: [
          { message: "Wrong", domain: "global", reason: "invalidQuery", location: "q", locationType: "parameter" },
        ],
      },
    });
    expect(apiError(new TypeError("x is undefined"), PLACE)).toMatchObject({ reason: "internalError", httpCode: 500 });
  });
});

describe("etags", () => {
  it("let a change through only on what the client knows", () => {
    const etag = etagOf("a", 1);
    for (const wanted of [undefined, "*", etag, `"${etag}"`, `W/"${etag}"`, `x, ${etag}`])
      expect(() => requireMatch(wanted, etag)).not.toThrow();
    expect(() => requireMatch(etagOf("a", 2), etag)).toThrow("Precondition check failed.");
    expect(etagOf("a", "b")).not.toBe(etagOf("ab"));
  });
});

describe("pages", () => {
  it("follow each other to the end", () => {
    const all = Array.from({ length: 25 }, (_, index) => index);
    const seen: number[] = [];
    for (let token: string | undefined; ; ) {
      const page = pageOf(all, { maxResults: 10, pageToken: token }, 1000);
      seen.push(...page.items);
      token = page.nextPageToken;
      if (token === undefined) break;
    }
    expect(seen).toEqual(all);
    expect(pageOf(all, {}, 7).items.length).toBe(7);
    expect(startOfPage(pageToken(12))).toBe(12);
    expect(() => startOfPage("nonsense")).toThrow("Invalid page token");
  });
});

describe("schemas", () => {
  it("are the columns, and the columns are they", () => {
    const columns = [
      { name: "a", type: "INT64" },
      { name: "s", type: "STRING", declared: "STRING(3)" },
      { name: "n", type: "NUMERIC", declared: "NUMERIC(5, 2)" },
      { name: "l", type: { kind: "array", element: { kind: "struct", fields: [{ name: "x", type: "BOOL" }] } } },
    ] as const;
    const fields = fieldsOf(columns, new Set(["a"]));
    expect(fields).toEqual([
      { name: "a", type: "INTEGER", mode: "REQUIRED" },
      { name: "s", type: "STRING", mode: "NULLABLE", maxLength: "3" },
      { name: "n", type: "NUMERIC", mode: "NULLABLE", precision: "5", scale: "2" },
      { name: "l", type: "RECORD", mode: "REPEATED", fields: [{ name: "x", type: "BOOLEAN", mode: "NULLABLE" }] },
    ]);
    expect(fields.map(typeOfField)).toEqual(columns.map(({ type }) => type));
    expect(fields.map(declaredText)).toEqual(["INT64", "STRING(3)", "NUMERIC(5, 2)", "ARRAY<STRUCT<x BOOL>>"]);
  });

  it.each(["", "a`b", "a\\b", "a\nb"])("quotes no name like %j", (name) => {
    expect(() => quoted(name)).toThrow("Invalid name");
  });
});
