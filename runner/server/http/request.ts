import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { callerOf, USER } from "./caller.js";

/** What a route reads of a request. */
export interface ApiRequest {
  readonly method: string;
  readonly project: string;
  /** Parts of the path by their names. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** All values of what may be given more than once. */
  readonly queryAll: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  /** Who asks. */
  readonly user: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a route answers with; no body: nothing but the code. */
export interface ApiAnswer {
  readonly code?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Something else than JSON, in place of `body`. */
  readonly content?: { readonly type: string; readonly data: Buffer | Readable };
}

export type Handler = (request: ApiRequest) => Promise<ApiAnswer>;

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Behind the API's own prefix, as `/projects/:project/datasets`. */
  readonly url: string;
  readonly handle: Handler;
  /** Answered without a token: it tells nothing of the warehouse. */
  readonly isOpen?: boolean;
  /** Numbers of the body that JavaScript would round come as `ExactNumber`. */
  readonly keepsNumbers?: boolean;
  /** A body that does not call itself JSON comes as a stream. */
  readonly takesStream?: boolean;
}

/** A request of the HTTP library in the terms of the routes. */
export function apiRequest(request: FastifyRequest, token: string | undefined): ApiRequest {
  const path = request.params as Record<string, string>;
  const query = request.query as Record<string, string | string[] | undefined>;
  const single = Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]);
  const all = Object.entries(query).map(([name, value]) => [name, [value ?? []].flat()]);
  return {
    method: request.method,
    project: path.project ?? "",
    path,
    query: Object.fromEntries(single) as Record<string, string | undefined>,
    queryAll: Object.fromEntries(all) as Record<string, readonly string[]>,
    body: request.body,
    ifMatch: request.headers["if-match"],
    user: callerOf(request.headers.authorization, token) ?? USER,
    headers: request.headers as Record<string, string | undefined>,
  };
}
