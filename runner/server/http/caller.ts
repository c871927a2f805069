import { timingSafeEqual } from "node:crypto";

/** Who calls where a client does not say. */
export const USER = "fastbreak@localhost";

const EMAIL = /^[^\s:@]+@[^\s:@]+$/;

/**
 * Who a client says it is: its bearer token is the server's token, an address such as `somebody@example.com`, or both as `TOKEN:ADDRESS`.
 * Nobody proves an address: on this machine it tells callers apart, as tests want it.
 * @param token that clients must send; undefined: none
 * @returns undefined: the token is not the server's
 */
export function callerOf(authorization: string | undefined, token: string | undefined): string | undefined {
  const given = /^Bearer (.*)$/.exec(authorization ?? "")?.[1] ?? "";
  if (token === undefined) return EMAIL.test(given) ? given : USER;
  const address = given.slice(token.length + 1);
  const isNamed = given[token.length] === ":" && EMAIL.test(address);
  const [a, b] = [Buffer.from(isNamed ? given.slice(0, token.length) : given), Buffer.from(token)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) return undefined;
  return isNamed ? address : USER;
}

/** The header of a call that says who asks. */
export function authorizationOf(metadata: { get(name: string): readonly unknown[] }): string | undefined {
  const [given] = metadata.get("authorization");
  return given === undefined ? undefined : String(given);
}
