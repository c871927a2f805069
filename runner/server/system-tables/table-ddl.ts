import { quoteWhereNeeded } from "../../googlesql/quote.js";
import type { ForeignKey } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { collationOf, typeName } from "../../port/sql-types.js";
import type { tableResource } from "../catalog/tables.js";
import { optionsOf } from "./option-rows.js";

/** A table as the API writes it. */
export type Resource = ReturnType<typeof tableResource>;

interface Partitioned {
  readonly timePartitioning?: { readonly type?: string; readonly field?: string };
  readonly rangePartitioning?: { readonly field: string; readonly range: Record<"start" | "end" | "interval", string> };
}

/** The text of a view. */
export function viewQuery(resource: Resource): string | undefined {
  const { view, materializedView } = resource as { view?: { query?: string }; materializedView?: { query?: string } };
  return view?.query ?? materializedView?.query;
}

/** The column that a table is partitioned by, in lower case. */
export function partitioningField(resource: Resource): string | undefined {
  const { timePartitioning, rangePartitioning } = resource as Partitioned;
  return (timePartitioning?.field ?? rangePartitioning?.field)?.toLowerCase();
}

/** The statement that would make a table or view, as TABLES tells it. */
export function tableDdl(project: string, relation: RelationDetails, resource: Resource): string {
  const { id, kind, columns, required, primaryKey, foreignKeys = [] } = relation;
  const name = `\`${project}.${id.dataset}.${id.name}\``;
  const said = optionsOf(resource).map(({ option_name, option_value }) => `  ${option_name}=${option_value}`);
  const options = said.length === 0 ? "" : `\nOPTIONS(\n${said.join(",\n")}\n)`;
  if (kind === "view") {
    const word = resource.type === "MATERIALIZED_VIEW" ? "MATERIALIZED VIEW" : "VIEW";
    return `CREATE ${word} ${name}${options}\nAS ${viewQuery(resource) ?? ""};`;
  }
  const lines = columns.map((column, index) => {
    const { defaultValueExpression, description } = resource.schema.fields[index] ?? {};
    const value = defaultValueExpression === undefined ? "" : ` DEFAULT ${defaultValueExpression}`;
    const about = description === undefined ? "" : ` OPTIONS(description=${JSON.stringify(description)})`;
    const notNull = required.has(column.name) ? " NOT NULL" : "";
    const isPlain = relation.isCollated === true && column.type === "STRING" && collationOf(column) === undefined;
    const uncollated = isPlain ? " COLLATE ''" : "";
    return `  ${quoteWhereNeeded(column.name)} ${column.declared ?? typeName(column.type)}${uncollated}${value}${notNull}${about}`;
  });
  if (primaryKey.length > 0) lines.push(`  PRIMARY KEY (${listOf(primaryKey)}) NOT ENFORCED`);
  const collated = relation.isCollated === true ? "\nDEFAULT COLLATE 'und:ci'" : "";
  for (const key of foreignKeys) lines.push(`  ${foreignKeyText(project, key)}`);
  return `CREATE TABLE ${name}\n(\n${lines.join(",\n")}\n)${collated}${partitionText(relation, resource)}${clusterText(relation)}${options};`;
}

function foreignKeyText(
  home: string,
  { name, columns, table: { project = home, dataset, name: table } }: ForeignKey,
): string {
  const [from, to] = [columns.map((one) => one.from), columns.map((one) => one.to)];
  return `CONSTRAINT \`${name}\` FOREIGN KEY (${listOf(from)}) REFERENCES \`${project}.${dataset}.${table}\`(${listOf(to)}) NOT ENFORCED`;
}

const listOf = (columns: readonly string[]): string => columns.map(quoteWhereNeeded).join(", ");

const clusterText = ({ clusterBy }: RelationDetails): string =>
  clusterBy.length === 0 ? "" : `\nCLUSTER BY ${listOf(clusterBy)}`;

function partitionText({ columns }: RelationDetails, resource: Resource): string {
  const { timePartitioning: time, rangePartitioning: range } = resource as Partitioned;
  if (range !== undefined) {
    const { start, end, interval } = range.range;
    return `\nPARTITION BY RANGE_BUCKET(${quoteWhereNeeded(range.field)}, GENERATE_ARRAY(${start}, ${end}, ${interval}))`;
  }
  if (time === undefined) return "";
  const unit = time.type ?? "DAY";
  if (time.field === undefined)
    return `\nPARTITION BY ${unit === "DAY" ? "DATE(_PARTITIONTIME)" : `TIMESTAMP_TRUNC(_PARTITIONTIME, ${unit})`}`;
  const type = columns.find(({ name }) => name.toLowerCase() === time.field?.toLowerCase())?.type;
  const field = quoteWhereNeeded(time.field);
  if (unit !== "DAY") return `\nPARTITION BY ${String(type)}_TRUNC(${field}, ${unit})`;
  return `\nPARTITION BY ${type === "DATE" ? field : `DATE(${field})`}`;
}
