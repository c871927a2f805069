import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import * as v from "valibot";
import type { ApiAnswer, Route } from "../../server/http/request.js";
import { classifyError } from "../../session/classify-error.js";
import { livePageHtml, pageJson } from "./html.js";
import { type LivePages, RUN_REQUEST } from "./live.js";

const WINDOW = v.object({
  from: v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/))),
  to: v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/))),
});
const QUERY = v.strictObject({ sql: v.pipe(v.string(), v.maxLength(1_000_000)) });

/** The pages and what they ask for. The page itself tells nothing, so it is given out without the token. */
export function liveRoutes(pages: LivePages): readonly Route[] {
  return [
    {
      method: "GET",
      url: "/",
      isOpen: true,
      handle: async () => {
        const { html, policy } = livePageHtml();
        const headers = {
          "content-security-policy": policy,
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
        };
        return { headers, content: { type: "text/html; charset=utf-8", data: Buffer.from(html) } };
      },
    },
    {
      method: "GET",
      url: "/pages/data",
      handle: ({ query }) =>
        answered(async () => {
          const { from, to } = v.parse(WINDOW, query);
          const window = from === undefined || to === undefined ? undefined : { from, to };
          const json = gzipSync(pageJson(await pages.page(window)), { level: 1 });
          return { headers: { "content-encoding": "gzip" }, content: { type: "application/json", data: json } };
        }),
    },
    {
      method: "POST",
      url: "/pages/query",
      handle: ({ body }) => answered(async () => ({ body: await pages.query(v.parse(QUERY, body).sql) })),
    },
    {
      method: "POST",
      url: "/pages/run",
      handle: ({ body }) =>
        answered(async () => {
          const isBegun = pages.run(v.parse(RUN_REQUEST, body));
          return isBegun ? { code: 202, body: {} } : { code: 409, body: { error: "another run goes on" } };
        }),
    },
    {
      method: "GET",
      url: "/pages/events",
      handle: async () => {
        const stream = new PassThrough();
        const leave = pages.listen({
          tell: (message) => void stream.write(`${JSON.stringify(message)}\n`),
          end: () => void stream.end(),
        });
        stream.on("close", leave);
        // A first line, so that the page knows that it is heard.
        stream.write("\n");
        return { content: { type: "application/x-ndjson", data: stream } };
      },
    },
  ];
}

/** What a user can mend is answered in words, as the command line would say it. */
async function answered(work: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  try {
    return await work();
  } catch (cause) {
    if (v.isValiError(cause))
      return { code: 400, body: { error: cause.issues.map(({ message }) => message).join("; ") } };
    const failure = classifyError(cause);
    if (failure === undefined) throw cause;
    return { code: 400, body: { error: failure.lines.join("\n") } };
  }
}
