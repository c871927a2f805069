import type { DuckDBConnection } from "@duckdb/node-api";
import { sha256 } from "../../port/digest-text.js";
import { installFunctions } from "./functions.js";
import { MACROS } from "./macros/index.js";
import type { Macro } from "./macros/macro.js";

export { farmFingerprint } from "./farm-fingerprint/index.js";
export { installFunctions } from "./functions.js";

/** An overload that calls another overload of its name needs that one to exist: those come first in a statement of their own. */
function createStatements(name: string, overloads: readonly Macro[]): string[] {
  const independent = overloads.filter(({ body }) => !body.includes(`bq.${name}(`));
  const complete = createStatement(name, overloads);
  return independent.length === overloads.length ? [complete] : [createStatement(name, independent), complete];
}

function createStatement(name: string, overloads: readonly Macro[]): string {
  const signatures = overloads.map(({ parameters, body }) => `(${parameters.join(", ")}) AS (${body})`);
  return `CREATE OR REPLACE MACRO bq."${name}" ${signatures.join(", ")}`;
}

/** DuckDB checks at creation that the macros which a body names exist. */
function dependencyOrder(byName: ReadonlyMap<string, readonly Macro[]>): string[] {
  const order = new Set<string>();
  const visit = (name: string) => {
    if (order.has(name)) return;
    for (const { body } of byName.get(name)!) {
      for (const [, used] of body.matchAll(/\bbq\.(\w+)\(/g)) {
        if (!byName.has(used!)) throw new Error(`macro ${name} names an unknown macro ${used}`);
        if (used !== name) visit(used!);
      }
    }
    order.add(name);
  };
  for (const name of byName.keys()) visit(name);
  return [...order];
}

function libraryStatements(): string[] {
  const byName = new Map<string, Macro[]>();
  for (const macro of MACROS) {
    const overloads = byName.get(macro.name);
    if (overloads === undefined) byName.set(macro.name, [macro]);
    else overloads.push(macro);
  }
  return dependencyOrder(byName).flatMap((name) => createStatements(name, byName.get(name)!));
}

const STATEMENTS = libraryStatements();

/** Content hash of the library: a database that carries it needs no DDL. */
export const RUNTIME_VERSION = sha256(STATEMENTS.join(";\n")).slice(0, 16);

async function installedVersion(connection: DuckDBConnection): Promise<string | undefined> {
  try {
    const result = await connection.runAndReadAll("SELECT bq.runtime_version()");
    return String(result.getRows()[0]?.[0]);
  } catch {
    // No schema or no macro of that name: nothing is installed.
    return undefined;
  }
}

/**
 * Makes the functions and the schema `bq` of this version available in the connection's database. One cheap query when it has them; else
 * one transaction. Call it outside a transaction.
 */
export async function installMacros(connection: DuckDBConnection): Promise<void> {
  installFunctions(connection);
  if ((await installedVersion(connection)) === RUNTIME_VERSION) return;
  const version = `CREATE OR REPLACE MACRO bq.runtime_version() AS ('${RUNTIME_VERSION}')`;
  // A new schema drops the macros of another version that this one no longer has.
  const library = ["DROP SCHEMA IF EXISTS bq CASCADE", "CREATE SCHEMA bq", ...STATEMENTS, version];
  await connection.run("BEGIN");
  try {
    await connection.run(library.join(";\n"));
    await connection.run("COMMIT");
  } catch (error) {
    await connection.run("ROLLBACK");
    throw error;
  }
}
