import * as v from "valibot";
import type { Statement, TypeNode } from "../../googlesql/ast.js";
import { parseStatementText } from "../../googlesql/parser/statement.js";
import { SCALAR_TYPES } from "../../googlesql/type-names.js";
import { ApiError, fullName, notFound } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { quoted } from "../protocol/schema.js";
import { merged } from "./merged.js";
import { type Catalogue, type Project, type ReadCatalogue, runSql } from "./service.js";

type Routine = Extract<Statement, { kind: "createFunction" | "createTableFunction" | "createProcedure" }>;

export interface TypeObject {
  readonly typeKind: string;
  readonly arrayElementType?: TypeObject | undefined;
  readonly rangeElementType?: TypeObject | undefined;
  readonly structType?:
    | { readonly fields: readonly { readonly name?: string | undefined; readonly type: TypeObject }[] }
    | undefined;
}

const typeObject: v.GenericSchema<TypeObject> = v.object({
  typeKind: v.string(),
  arrayElementType: v.optional(v.lazy(() => typeObject)),
  rangeElementType: v.optional(v.lazy(() => typeObject)),
  structType: v.optional(
    v.object({ fields: v.array(v.object({ name: v.optional(v.string()), type: v.lazy(() => typeObject) })) }),
  ),
});

const SAID = {
  routineType: v.nullish(v.string()),
  language: v.nullish(v.string()),
  definitionBody: v.nullish(v.string()),
  description: v.nullish(v.string()),
  determinismLevel: v.nullish(v.string()),
  arguments: v.nullish(
    v.array(
      v.object({
        name: v.optional(v.string()),
        dataType: v.optional(typeObject),
        argumentKind: v.optional(v.string()),
        mode: v.optional(v.string()),
        isAggregate: v.optional(v.boolean()),
      }),
    ),
  ),
  returnType: v.nullish(typeObject),
  returnTableType: v.nullish(v.looseObject({})),
  importedLibraries: v.nullish(v.array(v.string())),
};

export const routineChange = v.object(SAID);
export const newRoutine = v.object({ ...SAID, routineReference: v.object({ routineId: v.string() }) });
export type RoutineChange = v.InferOutput<typeof routineChange>;

export interface RoutineRef {
  readonly project: Project;
  readonly dataset: string;
  readonly routine: string;
}

const idOf = ({ dataset, routine }: RoutineRef): string => `${dataset}.${routine}`;
const nameOf = ({ project, dataset, routine }: RoutineRef): string => fullName(project, dataset, routine);

/** Names of the routines of a dataset, in order. */
export async function listRoutines({ jobs }: Pick<ReadCatalogue, "jobs">, dataset: string): Promise<readonly string[]> {
  const keys = [...(await jobs.routines()).keys()].filter((key) => key.startsWith(`${dataset}.`));
  return keys.map((key) => key.slice(dataset.length + 1)).sort();
}

/** @throws ApiError where there is none of the name */
export async function getRoutine(catalogue: ReadCatalogue, ref: RoutineRef) {
  const text = (await catalogue.jobs.routines()).get(idOf(ref));
  if (text === undefined) throw notFound("Routine", nameOf(ref));
  const { store, times } = catalogue;
  const { created, description, determinismLevel } = store.get("routine", idOf(ref));
  const modified = times.get(idOf(ref));
  return {
    etag: etagOf("routine", nameOf(ref), modified, text),
    routineReference: { projectId: ref.project, datasetId: ref.dataset, routineId: ref.routine },
    ...describe(text),
    ...(description === undefined ? {} : { description }),
    ...(determinismLevel === undefined ? {} : { determinismLevel }),
    creationTime: String(created ?? times.madeAt(idOf(ref)) ?? modified),
    lastModifiedTime: String(modified),
  };
}

/** What the statement that made a routine says of it. */
function describe(text: string) {
  const statement = parseStatementText(text) as Routine;
  const isAggregate = statement.kind === "createFunction" && statement.isAggregate;
  const args = statement.parameters.map(({ name, type, mode, isConstant, columns }) => ({
    name: name.name,
    ...(type === undefined
      ? { argumentKind: columns === undefined ? "ANY_TYPE" : "FIXED_TABLE" }
      : { dataType: typeOf(type) }),
    ...(statement.kind === "createProcedure" ? { mode } : {}),
    ...(isConstant === true ? { isAggregate: false } : {}),
  }));
  const shared = args.length === 0 ? {} : { arguments: args };
  const slice = ({ start, end }: { readonly start: number; readonly end: number }): string => text.slice(start, end);
  if (statement.kind === "createProcedure")
    return { routineType: "PROCEDURE", language: "SQL", ...shared, definitionBody: text.slice(statement.bodyStart) };
  if (statement.kind === "createTableFunction")
    return { routineType: "TABLE_VALUED_FUNCTION", language: "SQL", ...shared, definitionBody: slice(statement.query) };
  const { body, returns } = statement;
  const result = returns === undefined ? {} : { returnType: typeOf(returns) };
  return body.language === "js"
    ? {
        routineType: "SCALAR_FUNCTION",
        language: "JAVASCRIPT",
        ...shared,
        ...result,
        ...(body.deterministic ? { determinismLevel: "DETERMINISTIC" } : {}),
        definitionBody: body.code,
      }
    : {
        routineType: isAggregate ? "AGGREGATE_FUNCTION" : "SCALAR_FUNCTION",
        language: "SQL",
        ...shared,
        ...result,
        definitionBody: slice(body.expr),
      };
}

/** A type by the name that the API has for it, whichever the statement has. */
function scalarObject(written: string): TypeObject {
  const name = SCALAR_TYPES[written] ?? written;
  const [, element] = /^RANGE<(\w+)>$/.exec(name) ?? [];
  return element === undefined ? { typeKind: name } : { typeKind: "RANGE", rangeElementType: { typeKind: element } };
}

function typeOf(type: TypeNode): TypeObject {
  switch (type.kind) {
    case "scalarType":
      return scalarObject(type.name.toUpperCase());
    case "arrayType":
      return { typeKind: "ARRAY", arrayElementType: typeOf(type.element) };
    case "structType":
      return {
        typeKind: "STRUCT",
        structType: { fields: type.fields.map((field) => ({ name: field.name, type: typeOf(field.type) })) },
      };
  }
}

/** Makes a routine, or makes it anew. */
export async function writeRoutine(catalogue: Catalogue, ref: RoutineRef, given: RoutineChange, replace: boolean) {
  const exists = (await catalogue.jobs.routines()).has(idOf(ref));
  if (exists && !replace) throw new ApiError("duplicate", `Already Exists: Routine ${nameOf(ref)}`);
  if (!exists && replace) throw notFound("Routine", nameOf(ref));
  await runSql(catalogue, creation(ref, given));
  const { store, times, clock } = catalogue;
  const kept = { created: clock.now(), ...store.get("routine", idOf(ref)) };
  const { description, determinismLevel } = given;
  await store.set("routine", idOf(ref), merged(kept, { description, determinismLevel }));
  times.touch(idOf(ref));
  return getRoutine(catalogue, ref);
}

function creation(ref: RoutineRef, given: RoutineChange): string {
  const name = `${quoted(ref.dataset)}.${quoted(ref.routine)}`;
  const { definitionBody } = given;
  const [routineType, language] = [given.routineType ?? "SCALAR_FUNCTION", given.language ?? "SQL"];
  if (!definitionBody)
    throw new ApiError("required", "Required parameter is missing: definitionBody", "definitionBody");
  if ((given.importedLibraries ?? []).length > 0)
    throw new ApiError("invalid", "importedLibraries is not supported by the embedded engine");
  if (
    language !== "SQL" &&
    language !== "LANGUAGE_UNSPECIFIED" &&
    !(isScalar(routineType) && language === "JAVASCRIPT")
  )
    throw new ApiError(
      "invalid",
      `Routines of type ${routineType} in ${language} are not supported by the embedded engine`,
    );
  const args = (given.arguments ?? []).map(({ name: argument = "", dataType, mode, isAggregate }) => {
    const how = routineType === "PROCEDURE" && mode && mode !== "MODE_UNSPECIFIED" ? `${mode} ` : "";
    const constant = routineType === "AGGREGATE_FUNCTION" && isAggregate === false ? " NOT AGGREGATE" : "";
    return `${how}${quoted(argument)} ${dataType === undefined ? "ANY TYPE" : typeText(dataType)}${constant}`;
  });
  const head = `${name}(${args.join(", ")})`;
  const returns = given.returnType ? ` RETURNS ${typeText(given.returnType)}` : "";
  switch (routineType) {
    case "SCALAR_FUNCTION":
      if (language === "JAVASCRIPT")
        return `CREATE OR REPLACE FUNCTION ${head}${returns} LANGUAGE js AS ${JSON.stringify(definitionBody)}`;
      return `CREATE OR REPLACE FUNCTION ${head}${returns} AS (${definitionBody})`;
    case "AGGREGATE_FUNCTION":
      return `CREATE OR REPLACE AGGREGATE FUNCTION ${head}${returns} AS (${definitionBody})`;
    case "TABLE_VALUED_FUNCTION":
      return `CREATE OR REPLACE TABLE FUNCTION ${head} AS (${definitionBody})`;
    case "PROCEDURE": {
      const body = /^\s*BEGIN\b/i.test(definitionBody) ? definitionBody : `BEGIN ${definitionBody} END`;
      return `CREATE OR REPLACE PROCEDURE ${head} ${body}`;
    }
    default:
      throw new ApiError("invalid", `Routines of type ${routineType} are not supported by the embedded engine`);
  }
}

const isScalar = (routineType: string): boolean => routineType === "SCALAR_FUNCTION";

function typeText({ typeKind, arrayElementType, rangeElementType, structType }: TypeObject): string {
  if (typeKind === "RANGE" && rangeElementType !== undefined) return `RANGE<${typeText(rangeElementType)}>`;
  if (typeKind === "ARRAY" && arrayElementType !== undefined) return `ARRAY<${typeText(arrayElementType)}>`;
  if (typeKind === "STRUCT" && structType !== undefined)
    return `STRUCT<${structType.fields.map((field) => `${field.name ? `${quoted(field.name)} ` : ""}${typeText(field.type)}`).join(", ")}>`;
  if (/^[A-Z0-9_]+$/i.test(typeKind)) return typeKind;
  throw new ApiError("invalid", `Invalid value for typeKind: ${typeKind}`);
}

/** @throws ApiError where there is none of the name */
export async function deleteRoutine(catalogue: Catalogue, ref: RoutineRef): Promise<void> {
  const { routineType } = await getRoutine(catalogue, ref);
  const kind = { PROCEDURE: "PROCEDURE", TABLE_VALUED_FUNCTION: "TABLE FUNCTION" }[routineType as string] ?? "FUNCTION";
  await runSql(catalogue, `DROP ${kind} ${quoted(ref.dataset)}.${quoted(ref.routine)}`);
  await catalogue.store.remove("routine", idOf(ref));
}
