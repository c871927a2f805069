import type { ExternalTables, SystemTables } from "../../port/sql-jobs.js";
import type { ExternalConfiguration } from "../catalog/external-configuration.js";
import { externalTable, fieldsOfFiles, keptExternalTable } from "./external-tables.js";
import { defineExternalTable } from "./make-external.js";
import type { JobService } from "./service.js";

/** The tables of the warehouse whose rows lie in files, as statements see them. */
export function externalTables(service: JobService, project: string): ExternalTables {
  const { store } = service;
  return {
    find: ({ dataset, name }) => keptExternalTable(service, { project, dataset, table: name }),
    viewQuery: ({ dataset, name }) => {
      if (!store.hasExternalTables) return undefined;
      const { view, materializedView } = store.get("table", `${dataset}.${name}`);
      return ((view ?? materializedView) as { readonly query?: string } | undefined)?.query;
    },
    create: (definition) => defineExternalTable(service, project, definition),
  };
}

/** Tables that a query job brings along by name, beside those that there are. */
export async function withDefinitions(
  service: JobService,
  others: SystemTables,
  definitions: Readonly<Record<string, ExternalConfiguration>> | null | undefined,
): Promise<SystemTables> {
  const tables = new Map<string, ReturnType<typeof externalTable>>();
  for (const [name, given] of Object.entries(definitions ?? {}))
    tables.set(name, externalTable(service, `of the job ${name}`, given, await fieldsOfFiles(service, given)));
  if (tables.size === 0) return others;
  return (path) => (path.length === 1 ? tables.get(path[0] ?? "") : undefined) ?? others(path);
}
