import { hostname } from "node:os";

/** Tells this process from every other one, also from a later one of the same number. */
export const THIS_PROCESS = `${hostname()}:${process.pid}@${new Date(Date.now() - process.uptime() * 1000).toISOString()}`;
