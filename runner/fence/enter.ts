import { DENY_NETWORK, READY } from "./handshake.js";
import { lockDown } from "./lockdown.js";
import { denyNetwork } from "./no-network.js";
import { writeAll } from "./pipe.js";
import type { Realm } from "./realm.js";

/**
 * The child's side of `startFenced`: puts up the fence and says so. From here on only what was imported before can be used, and never
 * `process` or a global that is not the language's own.
 *
 * @returns what ends the process
 */
export async function enterFence({ globalNames }: Realm): Promise<(code: number) => never> {
  if (process.argv.includes(DENY_NETWORK)) await denyNetwork();
  const exit = lockDown(globalNames);
  writeAll(1, READY);
  return exit;
}
