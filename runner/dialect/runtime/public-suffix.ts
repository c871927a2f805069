import { createRequire } from "node:module";
import type { parse as Parse } from "tldts";

/** The list is large: it is read with the first question. */
let parse: typeof Parse | undefined;

/**
 * The public suffix of a host, and with it its registrable domain, in the letters in which the host is written. Domains that are public
 * by somebody's own wish count as any other one.
 * @returns undefined where the host has none
 */
function suffixOf(host: string): { readonly suffix: string; readonly domain: string | undefined } | undefined {
  const trimmed = host.replace(/^\.+|\.+$/g, "");
  if (trimmed === "" || trimmed.includes("..")) return undefined;
  parse ??= (createRequire(import.meta.url)("tldts") as { parse: typeof Parse }).parse;
  const lower = trimmed.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const found = parse(lower, { extractHostname: false, validateHostname: false });
  // A name that no rule knows is no suffix.
  if (found.publicSuffix === null || found.isIcann !== true) return undefined;
  const domain = found.domain === null ? undefined : trimmed.slice(-found.domain.length);
  return { suffix: trimmed.slice(-found.publicSuffix.length), domain };
}

/** What NET.PUBLIC_SUFFIX gives for a host. */
export function publicSuffix(host: string): string | null {
  return suffixOf(host)?.suffix ?? null;
}

/** What NET.REG_DOMAIN gives for a host. */
export function registrableDomain(host: string): string | null {
  return suffixOf(host)?.domain ?? null;
}
