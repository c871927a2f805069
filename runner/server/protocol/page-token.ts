import { ApiError } from "./errors.js";

/** A token that leads to the rest of a list: where it begins. */
export function pageToken(start: number): string {
  return Buffer.from(`p:${start}`, "utf8").toString("base64url");
}

/**
 * The place that a token leads to; without a token the beginning.
 * @throws ApiError for a token that is none of ours
 */
export function startOfPage(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  const [, start] = /^p:(\d{1,15})$/.exec(Buffer.from(token, "base64url").toString("utf8")) ?? [];
  if (start === undefined) throw new ApiError("invalid", `Invalid page token: ${token.slice(0, 100)}`, "pageToken");
  return Number(start);
}

/** One page of a list that is all there. */
export function pageOf<T>(
  items: readonly T[],
  {
    maxResults,
    pageToken: token,
  }: { readonly maxResults?: number | undefined; readonly pageToken?: string | undefined },
  most: number,
): { readonly items: readonly T[]; readonly nextPageToken: string | undefined } {
  const start = startOfPage(token);
  const end = start + Math.min(maxResults ?? most, most);
  return { items: items.slice(start, end), nextPageToken: end < items.length ? pageToken(end) : undefined };
}
