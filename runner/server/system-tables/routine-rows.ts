import type { RowObject } from "../../port/port.js";
import { getRoutine, listRoutines, type TypeObject } from "../catalog/routines.js";
import { optionsOf } from "./option-rows.js";
import { type Place, timestamp } from "./shared.js";

const DETERMINISM: Readonly<Record<string, string>> = { DETERMINISTIC: "YES", NOT_DETERMINISTIC: "NO" };

/** The rows of ROUTINES that are about one dataset. */
export async function routineRows(catalogue: Place, project: string, dataset: string): Promise<readonly RowObject[]> {
  const rows: RowObject[] = [];
  const texts = await catalogue.jobs.routines();
  for (const routine of await listRoutines(catalogue, dataset)) {
    const found = await getRoutine(catalogue, { project, dataset, routine });
    const isJs = found.language === "JAVASCRIPT";
    const types = {
      SCALAR_FUNCTION: "FUNCTION",
      AGGREGATE_FUNCTION: "AGGREGATE FUNCTION",
      TABLE_VALUED_FUNCTION: "TABLE FUNCTION",
      PROCEDURE: "PROCEDURE",
    };
    rows.push({
      specific_catalog: project,
      specific_schema: dataset,
      specific_name: routine,
      routine_catalog: project,
      routine_schema: dataset,
      routine_name: routine,
      routine_type: types[found.routineType as keyof typeof types],
      data_type: "returnType" in found ? typeText(found.returnType as TypeObject) : null,
      routine_body: isJs ? "EXTERNAL" : "SQL",
      routine_definition: found.definitionBody,
      external_language: isJs ? "JAVASCRIPT" : null,
      is_deterministic: DETERMINISM[("determinismLevel" in found && found.determinismLevel) as string] ?? null,
      created: timestamp(Number(found.creationTime)),
      last_altered: timestamp(Number(found.lastModifiedTime)),
      ddl: texts.get(`${dataset}.${routine}`) ?? null,
    });
  }
  return rows;
}

/** The rows of ROUTINE_OPTIONS that are about one dataset. */
export async function routineOptionRows(
  catalogue: Place,
  project: string,
  dataset: string,
): Promise<readonly RowObject[]> {
  const routines = await listRoutines(catalogue, dataset);
  return routines.flatMap((routine) =>
    optionsOf(catalogue.store.get("routine", `${dataset}.${routine}`)).map((option) => ({
      specific_catalog: project,
      specific_schema: dataset,
      specific_name: routine,
      ...option,
    })),
  );
}

/** The rows of PARAMETERS that are about one dataset. */
export async function parameterRows(catalogue: Place, project: string, dataset: string): Promise<readonly RowObject[]> {
  const rows: RowObject[] = [];
  for (const routine of await listRoutines(catalogue, dataset)) {
    const found = await getRoutine(catalogue, { project, dataset, routine });
    const { arguments: args = [], returnType } = found as {
      arguments?: readonly { name: string; dataType?: TypeObject; mode?: string; isAggregate?: boolean }[];
      returnType?: TypeObject;
    };
    const base = { specific_catalog: project, specific_schema: dataset, specific_name: routine };
    if (returnType !== undefined)
      rows.push({ ...base, ordinal_position: 0, is_result: "YES", data_type: typeText(returnType) });
    for (const [index, { name, dataType, mode, isAggregate = true }] of args.entries())
      rows.push({
        ...base,
        ordinal_position: index + 1,
        parameter_mode: mode ?? null,
        is_result: "NO",
        parameter_name: name,
        is_aggregate: found.routineType !== "AGGREGATE_FUNCTION" ? null : isAggregate ? "YES" : "NO",
        data_type: dataType === undefined ? "ANY TYPE" : typeText(dataType),
      });
  }
  return rows;
}

/** A type as SQL writes it: `ARRAY<STRUCT<a INT64>>`. */
function typeText({ typeKind, arrayElementType, rangeElementType, structType }: TypeObject): string {
  if (rangeElementType !== undefined) return `RANGE<${rangeElementType.typeKind}>`;
  if (arrayElementType !== undefined) return `ARRAY<${typeText(arrayElementType)}>`;
  if (structType === undefined) return typeKind;
  return `STRUCT<${structType.fields.map(({ name, type }) => [name ?? [], typeText(type)].flat().join(" ")).join(", ")}>`;
}
