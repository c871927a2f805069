import type { ApiRequest } from "../http/request.js";
import { ApiError } from "../protocol/errors.js";

/** How much of a list a client asks for, and where it begins. */
export function listLimits({ maxResults, pageToken }: ApiRequest["query"]): {
  readonly maxResults: number | undefined;
  readonly pageToken: string | undefined;
} {
  // None is as many as the service likes: a list of nothing would lead to itself for ever.
  return { maxResults: wholeNumber("maxResults", maxResults) || undefined, pageToken };
}

/** @throws ApiError for a text that is no whole number */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ApiError("invalid", `Invalid value for ${name}: ${text.slice(0, 40)}`, name);
}

/** Whether a client says yes; some of them write it with a capital letter. */
export function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === "true";
}
