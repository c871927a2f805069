import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Column } from "../port/sql-types.js";
import { projectError } from "../project/errors.js";
import { type TypeProto, typeFromProto, typeToProto } from "./googlesql-types.js";

const PACKAGE = "@fivetrandevelopers/zetasql";

/** A table that a query may read, under the path by which it names it. */
export interface AnalyzedTable {
  readonly path: readonly string[];
  readonly columns: readonly Column[];
}

/** What the analyzer says against a query. */
export class AnalyzerError extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
  }
}

export interface GoogleSqlAnalyzer {
  /** Output columns of a query; throws AnalyzerError. */
  analyze(sql: string, tables: readonly AnalyzedTable[]): Promise<readonly (Column | undefined)[]>;
  close(): void;
}

/** The methods of the service that are used here, as gRPC makes them from its protocol files. */
interface Client {
  waitForReady(deadline: number, done: (error?: Error) => void): void;
  close(): void;
  GetLanguageOptions(request: object, done: (error: Error | null, answer: LanguageOptions) => void): void;
  Analyze(request: object, done: (error: Error | null, answer: AnalyzeAnswer) => void): void;
}
interface LanguageOptions {
  readonly enabledLanguageFeatures?: readonly string[];
}
interface AnalyzeAnswer {
  readonly resolvedStatement?: {
    readonly resolvedQueryStmtNode?: {
      readonly outputColumnList?: readonly { readonly name?: string; readonly column: { readonly type: TypeProto } }[];
    };
  };
}

/**
 * Starts GoogleSQL's own analyzer on loopback from the optional package.
 * @throws ProjectError where the package is not installed
 */
export async function startAnalyzer(projectDir: string): Promise<GoogleSqlAnalyzer> {
  const manifest = findPackage(projectDir);
  const library = join(dirname(manifest), "lib/zetasql");
  const arm = process.arch.startsWith("arm") ? "_arm" : "";
  const binary = join(library, `remote_server${arm}${process.platform === "darwin" ? "" : ".so"}`);
  if (!existsSync(binary))
    throw projectError(`--googlesql: ${PACKAGE} has no analyzer for ${process.platform} ${process.arch}`);
  const port = await freePort();
  const child = spawn(binary, ["localhost", String(port)], { stdio: "ignore" });
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  const client = connect(manifest, library, port);
  await promisify(client.waitForReady.bind(client))(Date.now() + 20_000);
  const languageOptions = {
    ...(await promisify(client.GetLanguageOptions.bind(client))({ maximumFeatures: true })),
    productMode: "PRODUCT_EXTERNAL",
    nameResolutionMode: "NAME_RESOLUTION_DEFAULT",
    supportedStatementKinds: [],
  };
  const options = { languageOptions, errorMessageMode: "ERROR_MESSAGE_ONE_LINE", defaultTimezone: "UTC" };
  return {
    async analyze(sql, tables) {
      const simpleCatalog = catalogOf(tables, languageOptions);
      try {
        const answer = await promisify(client.Analyze.bind(client))({ sqlStatement: sql, options, simpleCatalog });
        return (answer.resolvedStatement?.resolvedQueryStmtNode?.outputColumnList ?? []).map(({ name, column }) => {
          const type = typeFromProto(column.type);
          return type === undefined ? undefined : { name: name ?? "", type };
        });
      } catch (error) {
        throw analyzerError(error as Error & { details?: string });
      }
    },
    close() {
      client.close();
      stop();
    },
  };
}

/** Installed in the project, or beside the runner. */
function findPackage(projectDir: string): string {
  for (const from of [join(projectDir, "package.json"), import.meta.url]) {
    try {
      return createRequire(from).resolve(`${PACKAGE}/package.json`);
    } catch {}
  }
  throw projectError(`--googlesql needs the package ${PACKAGE}; install it with npm install --save-dev ${PACKAGE}`);
}

function connect(manifest: string, library: string, port: number): Client {
  const require = createRequire(manifest);
  const grpc = require("@grpc/grpc-js") as {
    credentials: { createInsecure(): object };
    loadPackageDefinition(definition: object): {
      zetasql: { local_service: { ZetaSqlLocalService: new (address: string, credentials: object) => Client } };
    };
  };
  const loader = require("@grpc/proto-loader") as { loadSync(file: string, options: object): object };
  const definition = loader.loadSync("local_service.proto", {
    includeDirs: [join(library, "protos")],
    enums: String,
    longs: String,
    oneofs: true,
  });
  const { ZetaSqlLocalService } = grpc.loadPackageDefinition(definition).zetasql.local_service;
  return new ZetaSqlLocalService(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

interface CatalogProto {
  readonly name: string;
  readonly table: object[];
  readonly catalog: CatalogProto[];
}

/** Each table under both spellings of its path: in backticks it is one name to the analyzer, without them nested catalogs. */
function catalogOf(tables: readonly AnalyzedTable[], languageOptions: object): object {
  const root: CatalogProto = { name: "root", table: [], catalog: [] };
  const spelled = new Set<string>();
  for (const { path, columns } of tables) {
    const dotted = path.join(".");
    if (spelled.has(dotted.toLowerCase())) continue;
    spelled.add(dotted.toLowerCase());
    const column = columns.map(({ name, type }) => ({ name, type: typeToProto(type) }));
    const add = (catalog: CatalogProto, name: string) =>
      catalog.table.push({
        name,
        nameInCatalog: name,
        column,
        serializationId: String(spelled.size * 2 + catalog.name.length),
      });
    if (path.length > 1) add(root, dotted);
    let catalog = root;
    for (const part of path.slice(0, -1)) {
      let child = catalog.catalog.find(({ name }) => name === part);
      if (child === undefined) {
        child = { name: part, table: [], catalog: [] };
        catalog.catalog.push(child);
      }
      catalog = child;
    }
    add(catalog, path.at(-1) ?? "");
  }
  return { ...root, builtinFunctionOptions: { languageOptions } };
}

function analyzerError(error: Error & { details?: string }): Error {
  const at = /^(.*?)\s*\[at (\d+):(\d+)\]\s*$/s.exec(error.details ?? "");
  return at === null ? error : new AnalyzerError(at[1] ?? "", Number(at[2]), Number(at[3]));
}
