import type { Route } from "../../server/http/request.js";
import { servedPageHtml } from "./html.js";

/** The page of `fastbreak serve`, which asks for all it shows by the API. It tells nothing itself, so it is given out without the token. */
export function servedRoutes(project: string): readonly Route[] {
  return [
    {
      method: "GET",
      url: "/",
      isOpen: true,
      handle: async () => {
        const { html, policy } = servedPageHtml(project);
        const headers = {
          "content-security-policy": policy,
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
        };
        return { headers, content: { type: "text/html; charset=utf-8", data: Buffer.from(html) } };
      },
    },
  ];
}
