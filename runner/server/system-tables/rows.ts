import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { requireNamed } from "../catalog/datasets.js";
import { isHidden, type Kept } from "../metadata/store.js";
import { type ConstraintView, constraintRows, isConstraintView } from "./constraint-rows.js";
import type { SystemView } from "./definitions.js";
import { jobRows } from "./job-rows.js";
import { optionsOf } from "./option-rows.js";
import { partitionRows } from "./partition-rows.js";
import { relationRows } from "./relation-rows.js";
import { parameterRows, routineOptionRows, routineRows } from "./routine-rows.js";
import { type Place, timestamp } from "./shared.js";
import { storageRows } from "./storage-rows.js";

/** Whose rows a view has. */
export interface Scope {
  /** Undefined: all datasets. */
  readonly dataset: string | undefined;
  /** Those of this location alone; undefined: wherever they are. */
  readonly region: string | undefined;
  /** Where datasets are that say nothing else; undefined: nobody knows. */
  readonly location: string | undefined;
}

/** The rows of a view of INFORMATION_SCHEMA. */
export async function systemRows(
  catalogue: Place,
  project: string,
  view: SystemView,
  { dataset, region, location }: Scope,
): Promise<readonly RowObject[]> {
  if (view === "JOBS") return jobRows(catalogue, project);
  if (view === "SESSIONS") return sessionRows(catalogue, project, region);
  const placeOf = (name: string): string | undefined => {
    const own = catalogue.store.get("dataset", name).location;
    return typeof own === "string" ? own : location;
  };
  const isThere = (name: string): boolean =>
    region === undefined || placeOf(name)?.toLowerCase() === region.toLowerCase();
  const all = (await catalogue.jobs.datasets()).filter((name) => !isHidden(name) && isThere(name));
  if (dataset !== undefined) await requireNamed(catalogue, project, dataset);
  const datasets = dataset === undefined || view.startsWith("SCHEMATA") ? all : [dataset];
  if (view === "SCHEMATA") return datasets.map((name) => schemaRow(catalogue, project, name, placeOf(name)));
  if (view === "SCHEMATA_OPTIONS")
    return datasets.flatMap((name) =>
      optionsOf(catalogue.store.get("dataset", name)).map((option) => ({
        catalog_name: project,
        schema_name: name,
        ...option,
      })),
    );
  if (isConstraintView(view)) return constraintsOf(catalogue, project, view, datasets, all);
  const rows: RowObject[] = [];
  for (const name of datasets) {
    if (view === "ROUTINES") rows.push(...(await routineRows(catalogue, project, name)));
    else if (view === "ROUTINE_OPTIONS") rows.push(...(await routineOptionRows(catalogue, project, name)));
    else if (view === "PARAMETERS") rows.push(...(await parameterRows(catalogue, project, name)));
    else
      for (const relation of await catalogue.jobs.relations(name))
        rows.push(
          ...(await (view === "PARTITIONS"
            ? partitionRows(catalogue, project, relation)
            : view === "TABLE_STORAGE"
              ? storageRows(catalogue, project, relation)
              : relationRows(catalogue, project, view, relation))),
        );
  }
  return rows;
}

/** The keys of the tables of some datasets, which may refer to any. */
async function constraintsOf(
  { jobs }: Place,
  project: string,
  view: ConstraintView,
  datasets: readonly string[],
  all: readonly string[],
): Promise<readonly RowObject[]> {
  const read = new Map<string, readonly RelationDetails[]>();
  for (const name of view === "KEY_COLUMN_USAGE" ? all : datasets) read.set(name, await jobs.relations(name));
  const keyOf = (dataset: string, table: string): readonly string[] =>
    read.get(dataset)?.find(({ id }) => id.name === table)?.primaryKey ?? [];
  return datasets.flatMap((name) =>
    (read.get(name) ?? []).flatMap((relation) => constraintRows(keyOf, project, view, relation)),
  );
}

/** The statement that would make a dataset. */
function schemaDdl(project: string, dataset: string, kept: Kept, location: string | undefined): string {
  const options = optionsOf(kept).map(({ option_name, option_value }) => `  ${option_name}=${option_value}`);
  if (location !== undefined) options.push(`  location=${JSON.stringify(location)}`);
  const collation = kept.defaultCollation === "und:ci" ? "\nDEFAULT COLLATE 'und:ci'" : "";
  const said = options.length === 0 ? "" : `\nOPTIONS(\n${options.join(",\n")}\n)`;
  return `CREATE SCHEMA \`${project}.${dataset}\`${collation}${said};`;
}

/** The sessions of a project in a location. */
function sessionRows({ sessions }: Place, project: string, location: string | undefined): readonly RowObject[] {
  const isHere = (place: string): boolean => location === undefined || place.toLowerCase() === location.toLowerCase();
  const found = (sessions?.list(project) ?? []).filter((session) => isHere(session.location));
  return found.map(({ id, user, created, used, expires, isActive }) => ({
    creation_time: timestamp(created),
    expiration_time: timestamp(expires),
    is_active: isActive,
    last_modified_time: timestamp(used),
    principal_subject: `user:${user}`,
    project_id: project,
    project_number: null,
    session_id: id,
    user_email: user,
  }));
}

function schemaRow({ store, times }: Place, project: string, dataset: string, location: string | undefined): RowObject {
  const kept = store.get("dataset", dataset);
  const modified = times.get(dataset);
  return {
    catalog_name: project,
    schema_name: dataset,
    creation_time: timestamp(Number(kept.created ?? modified)),
    last_modified_time: timestamp(modified),
    location: location ?? null,
    default_collation_name: kept.defaultCollation === "und:ci" ? "und:ci" : "NULL",
    ddl: schemaDdl(project, dataset, kept, location),
  };
}
