// Starts GoogleSQL's reference implementation on loopback and evaluates or analyzes SQL with it.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseType, typeText } from "./types.mjs";
import { decodeValue } from "./values.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const library = join(here, "node_modules/@fivetrandevelopers/zetasql/lib/zetasql");
const EXCLUDED_FEATURES = new Set([
  // With it the server evaluates ROLLUP to wrong rows without an error.
  "FEATURE_V_1_4_GROUPING_SETS",
  // BigQuery's timestamps have microseconds.
  "FEATURE_TIMESTAMP_NANOS",
]);
/** Not among the server's maximum, though it knows them. */
const FURTHER_FEATURES = ["FEATURE_INTERVAL_TYPE", "FEATURE_V_1_3_COLLATION_SUPPORT", "FEATURE_V_1_4_CORRESPONDING"];
const MESSAGE_LIMIT = 500 * 1024 * 1024;

/** SQL that the reference rejects or fails on. `line` and `column` are undefined for run-time errors. */
export class GoogleSqlError extends Error {
  constructor(message, line, column) {
    super(message);
    this.name = "GoogleSqlError";
    this.line = line;
    this.column = column;
  }
}

function binaryPath() {
  const arm = process.arch.startsWith("arm") ? "_arm" : "";
  return join(library, `remote_server${arm}${process.platform === "darwin" ? "" : ".so"}`);
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function connect(port) {
  const grpc = (await import("@grpc/grpc-js")).default;
  const loader = (await import("@grpc/proto-loader")).default;
  const definition = loader.loadSync("local_service.proto", {
    includeDirs: [join(library, "protos")],
    enums: String,
    longs: String,
    oneofs: true,
  });
  const service = grpc.loadPackageDefinition(definition).zetasql.local_service;
  const client = new service.ZetaSqlLocalService(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_send_message_length": MESSAGE_LIMIT,
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
  });
  await promisify(client.waitForReady.bind(client))(Date.now() + 20_000);
  return client;
}

function sqlError(error) {
  const text = String(error.details ?? error.message);
  const at = /^(.*?)\s*\[at (\d+):(\d+)\]\s*$/s.exec(text);
  return at ? new GoogleSqlError(at[1], Number(at[2]), Number(at[3])) : new GoogleSqlError(text);
}

/** A table under every spelling of its path: a backticked path is one name to the analyzer, a bare one is nested catalogs. */
function catalogOf(tables, builtins) {
  const root = { name: "root", table: [], catalog: [], builtinFunctionOptions: builtins };
  const childCatalog = (parent, name) => {
    let child = parent.catalog.find((c) => c.name === name);
    if (child === undefined) {
      child = { name, table: [], catalog: [] };
      parent.catalog.push(child);
    }
    return child;
  };
  let serializationId = 0;
  for (const [path, columns] of Object.entries(tables)) {
    const column = Object.entries(columns).map(([name, type]) => ({ name, type: parseType(type) }));
    const parts = path.split(".");
    for (let from = 0; from < parts.length; from++) {
      const spelling = parts.slice(from);
      const table = (name) => ({ name, serializationId: String(++serializationId), column, nameInCatalog: name });
      let catalog = root;
      for (const part of spelling.slice(0, -1)) catalog = childCatalog(catalog, part);
      if (spelling.length > 1 || parts.length === 1) catalog.table.push(table(spelling.at(-1)));
      if (spelling.length > 1) root.table.push(table(spelling.join(".")));
    }
  }
  return root;
}

/**
 * Starts a server. Answers `{evaluate, analyze, stop}`; `stop` must be called, or the process does not end.
 *
 * evaluate(sql) -> {columns: [{name, type}], rows: [[value]]}, values in the golden form (README.md).
 * analyze(sql, tables) -> [{name, type}]; tables: {"project.dataset.table": {column: "TYPE"}}.
 * Both throw GoogleSqlError.
 */
export async function startReference() {
  if (!existsSync(binaryPath())) {
    throw new Error(`The reference implementation is not installed: run "npm install" in ${here}`);
  }
  const port = await freePort();
  const child = spawn(binaryPath(), ["localhost", String(port)], { stdio: "ignore" });
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  const client = await connect(port);
  const call = (method) => promisify(client[method].bind(client));

  const features = await call("GetLanguageOptions")({ maximumFeatures: true });
  const languageOptions = {
    ...features,
    productMode: "PRODUCT_EXTERNAL",
    nameResolutionMode: "NAME_RESOLUTION_DEFAULT",
    enabledLanguageFeatures: [
      ...(features.enabledLanguageFeatures ?? []).filter((feature) => !EXCLUDED_FEATURES.has(feature)),
      ...FURTHER_FEATURES,
    ],
    supportedStatementKinds: [],
  };
  const options = { languageOptions, errorMessageMode: "ERROR_MESSAGE_ONE_LINE", defaultTimezone: "UTC" };
  const builtins = { languageOptions };

  return {
    async evaluate(sql) {
      try {
        const answer = await call("EvaluateQuery")({ sql, options, simpleCatalog: catalogOf({}, builtins) });
        const columns = answer.prepared.columns ?? [];
        const rows = (answer.content?.tableData?.row ?? []).map((row) =>
          columns.map((column, i) => decodeValue(column.type, row.cell[i])),
        );
        return { columns: columns.map((c) => ({ name: c.name ?? "", type: typeText(c.type) })), rows };
      } catch (error) {
        throw error.code === undefined ? error : sqlError(error);
      }
    },
    async analyze(sql, tables = {}) {
      try {
        const answer = await call("Analyze")({
          sqlStatement: sql,
          options,
          simpleCatalog: catalogOf(tables, builtins),
        });
        const query = answer.resolvedStatement?.resolvedQueryStmtNode;
        if (query === undefined) throw new GoogleSqlError("not a query");
        return (query.outputColumnList ?? []).map((c) => ({ name: c.name ?? "", type: typeText(c.column.type) }));
      } catch (error) {
        throw error.code === undefined ? error : sqlError(error);
      }
    },
    stop() {
      client.close();
      stop();
    },
  };
}
