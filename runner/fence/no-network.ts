import { syncBuiltinESMExports } from "node:module";

/**
 * Takes every way to a socket out of this process, for where the kernel gives it no empty network: the functions and classes of Node's
 * modules for streams, datagrams and names throw from now on, and so does everything that is built on them (http, tls, fetch).
 */
export async function denyNetwork(): Promise<void> {
  const modules = await Promise.all([import("node:net"), import("node:dgram"), import("node:dns")]);
  for (const { default: exports } of modules) deny(exports as unknown as Record<string, unknown>);
  syncBuiltinESMExports();
}

function denied(): never {
  throw new Error("there is no network here");
}

function deny(object: Record<string, unknown>): void {
  for (const key of Object.getOwnPropertyNames(object)) {
    const value = Object.getOwnPropertyDescriptor(object, key)?.value as unknown;
    if (typeof value === "function") {
      if (typeof value.prototype === "object" && value.prototype !== null) denyMethods(value.prototype as object);
      object[key] = denied;
    } else if (key === "promises" && typeof value === "object" && value !== null) {
      deny(value as Record<string, unknown>);
    }
  }
}

function denyMethods(prototype: object): void {
  for (const key of Object.getOwnPropertyNames(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    if (typeof descriptor?.value === "function" && descriptor.configurable)
      Object.defineProperty(prototype, key, { ...descriptor, value: denied });
  }
}
