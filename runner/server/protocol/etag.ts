import { createHash } from "node:crypto";
import { ApiError } from "./errors.js";

/** An etag of what stands in some texts. */
export function etagOf(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("base64").slice(0, 24);
}

/**
 * Goes on only if the resource is still the one that the client knows.
 * @param wanted the If-Match header
 */
export function requireMatch(wanted: string | undefined, etag: string): void {
  if (wanted === undefined || wanted === "*") return;
  const wantedTags = wanted.split(",").map((tag) =>
    tag
      .trim()
      .replace(/^W\//, "")
      .replace(/^"(.*)"$/, "$1"),
  );
  if (wantedTags.includes(etag)) return;
  throw new ApiError("conditionNotMet", "Precondition check failed.", "If-Match");
}
