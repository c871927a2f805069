import type { JobStatement } from "../../port/sql-jobs.js";
import { defaultExpiration } from "../catalog/expiration-defaults.js";
import { merged } from "../catalog/merged.js";
import { dropPoliciesOf, movePolicies } from "../catalog/row-access.js";
import type { Catalogue } from "../catalog/service.js";
import type { Kept, Kind } from "../metadata/store.js";
import type { FieldSchema } from "../protocol/schema.js";
import { type DefinitionFacts, definitionFacts } from "./definition-facts.js";
import { optionFacts, valuesOf } from "./options.js";

/** Keeps what is known besides the warehouse in step with what a statement has done to it. */
export async function noteStatement(catalogue: Catalogue, statement: JobStatement): Promise<void> {
  const { kind, target, operation, failure } = statement;
  if (
    failure !== undefined ||
    target === undefined ||
    target.dataset === "_SESSION" ||
    kind === "SELECT" ||
    kind === "CALL"
  )
    return;
  // Of tables whose rows lie in files all is kept by whoever makes them.
  if (operation === "SKIP" || kind.includes("ROW_ACCESS") || kind === "CREATE_EXTERNAL_TABLE") return;
  const { dataset, name } = target;
  const { store, times } = catalogue;
  if (kind === "DROP_SCHEMA") {
    await store.removeDataset(dataset);
    await dropPoliciesOf(catalogue, dataset);
    times.forget(dataset);
    return;
  }
  const id = name === "" ? dataset : `${dataset}.${name}`;
  const of: Kind = name === "" ? "dataset" : /FUNCTION|PROCEDURE/.test(kind) ? "routine" : "table";
  if (/^(DROP|CREATE)_/.test(kind)) catalogue.buffer.forget(id);
  if (kind === "DROP_TABLE") await movePolicies(catalogue, id, undefined);
  if (kind.startsWith("DROP_")) await store.remove(of, id);
  else if (operation !== undefined) await noteDefinition(catalogue, statement, of, id);
  times.touch(id);
}

/**
 * What the statements of a script have written may be seen only from its end, where it commits: whoever has looked in between has seen the
 * rows of before, and must find another time behind it.
 */
export function noteEnd({ times }: Pick<Catalogue, "times">, statements: readonly JobStatement[]): void {
  if (statements.length < 2) return;
  const written = statements.filter(
    ({ kind, target, operation, failure }) =>
      failure === undefined &&
      kind !== "SELECT" &&
      kind !== "CALL" &&
      !kind.startsWith("DROP_") &&
      operation !== "SKIP" &&
      target?.name,
  );
  const ids = written.flatMap(({ target }) => (target === undefined ? [] : [`${target.dataset}.${target.name}`]));
  for (const id of new Set(ids)) times.touch(id);
}

async function noteDefinition(catalogue: Catalogue, { kind, text }: JobStatement, of: Kind, id: string): Promise<void> {
  const { store, times, jobs } = catalogue;
  const facts = definitionFacts(text);
  const isNew = kind.startsWith("CREATE_");
  const before = store.get(of, id);
  if (isNew) times.made(id);
  const made = { ...facts.kept, ...(await clonedFrom(catalogue, facts, id)) };
  const told = merged(isNew ? keptLike(catalogue, facts, id) : before, made);
  const options = await optionFacts(jobs, facts.options);
  const said = merged(withoutLists(told, options), options);
  const described = await describedColumns(catalogue, facts, isNew ? {} : before);
  const [dataset = "", name = ""] = id.split(".");
  const expiration = isNew && of === "table" ? await defaultExpiration(catalogue, dataset, name, said) : {};
  const kept = { ...said, ...described, ...expiration };
  const isSame = JSON.stringify(kept) === JSON.stringify(before);
  const at = facts.renamedTo === undefined ? id : `${id.split(".")[0]}.${facts.renamedTo}`;
  if (at !== id) {
    await store.remove(of, id);
    await movePolicies(catalogue, id, at);
    times.touch(at);
  } else if (isSame) return;
  if (Object.keys(kept).length > 0) await store.set(of, at, isNew ? { created: catalogue.clock.now(), ...kept } : kept);
  else await store.remove(of, at);
}

/** A list in OPTIONS stands for the whole list that was there, where the API takes each of its members for a change. */
function withoutLists(told: Kept, options: Readonly<Record<string, unknown>>): Kept {
  const replaced = ["labels", "resourceTags"].filter((name) => name in options);
  return Object.fromEntries(Object.entries(told).filter(([name]) => !replaced.includes(name)));
}

/**
 * What is kept of the layout, the columns and the OPTIONS of the table that a statement makes another one of; a snapshot has options of its
 * own.
 */
function keptLike({ store }: Catalogue, { likePath, hasOptionsOfLike }: DefinitionFacts, id: string): Kept {
  if (likePath === undefined) return {};
  const [name, dataset = id.split(".")[0]] = [...likePath].reverse();
  const of = store.get("table", `${dataset}.${name}`);
  const keys = hasOptionsOfLike ? [...LAYOUT, ...OPTIONS] : LAYOUT;
  return Object.fromEntries(keys.flatMap((key) => (of[key] === undefined ? [] : [[key, of[key]]])));
}

/** What a snapshot or clone was made of, and of which of its states. */
async function clonedFrom(
  { jobs, clock }: Catalogue,
  { likePath, cloned }: DefinitionFacts,
  id: string,
): Promise<Kept> {
  if (cloned === undefined || likePath === undefined) return {};
  const [tableId, datasetId = id.split(".")[0], projectId] = [...likePath].reverse();
  const baseTableReference = { ...(projectId === undefined ? {} : { projectId }), datasetId, tableId };
  const time = new Date(await stateTime(jobs, cloned.systemTime, clock.now())).toISOString();
  return cloned.isSnapshot
    ? { snapshotDefinition: { baseTableReference, snapshotTime: time } }
    : { cloneDefinition: { baseTableReference, cloneTime: time } };
}

/** The time of FOR SYSTEM_TIME AS OF, in milliseconds; one that hangs on variables of a script is not known any more. */
async function stateTime(jobs: Catalogue["jobs"], expression: string | undefined, now: number): Promise<number> {
  if (expression === undefined) return now;
  try {
    const [value] = await valuesOf(jobs, [`UNIX_MILLIS(${expression})`]);
    return Number(value ?? now);
  } catch {
    return now;
  }
}

const LAYOUT = ["schema", "timePartitioning", "rangePartitioning", "partitionExpirationMs", "requirePartitionFilter"];

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_table_copy */
const OPTIONS = ["description", "friendlyName", "labels", "expirationTime", "defaultRoundingMode", "maxStaleness"];

/** The fields that the API is told descriptions and defaults of, with those that the statement gives. */
async function describedColumns(
  { jobs }: Catalogue,
  { columnOptions, defaults, renamedColumns }: DefinitionFacts,
  before: Kept,
): Promise<Kept> {
  const described = columnOptions.filter(({ name }) => name === "description");
  if (described.length === 0 && defaults.length === 0 && renamedColumns.length === 0) return {};
  const texts = described.map(({ expression }) => expression);
  const values = texts.length === 0 ? [] : await valuesOf(jobs, texts);
  const known = (before.schema as { fields?: readonly FieldSchema[] } | undefined)?.fields ?? [];
  const fields = new Map(known.map((field) => [field.name.toLowerCase(), field]));
  // All at once: columns may exchange their names.
  const renamed = renamedColumns.map((one) => ({ ...one, field: fields.get(one.column.toLowerCase()) }));
  for (const { column } of renamed) fields.delete(column.toLowerCase());
  for (const { to, field } of renamed)
    if (to !== undefined && field !== undefined) fields.set(to.toLowerCase(), { ...field, name: to });
  for (const [index, { path }] of described.entries()) {
    const [column = "", ...inner] = path;
    const key = column.toLowerCase();
    const own = fields.get(key) ?? { name: column, type: "" };
    fields.set(key, describedField(own, inner, values[index] === null ? undefined : String(values[index])));
  }
  for (const { column, expression } of defaults) {
    const own = fields.get(column.toLowerCase()) ?? { name: column, type: "" };
    fields.set(column.toLowerCase(), { ...own, defaultValueExpression: expression });
  }
  return { schema: { fields: [...fields.values()] } };
}

/** The field with a description of its own, or of the field within it to which a path leads. */
function describedField(
  field: FieldSchema,
  [first, ...rest]: readonly string[],
  description: string | undefined,
): FieldSchema {
  if (first === undefined) return { ...field, description };
  const others = (field.fields ?? []).filter(({ name }) => name.toLowerCase() !== first.toLowerCase());
  const own = field.fields?.find((one) => !others.includes(one)) ?? { name: first, type: "" };
  return { ...field, fields: [...others, describedField(own, rest, description)] };
}
