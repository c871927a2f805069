import type { Expr, FromItem, Identifier } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { type SqlType, type StructType, typeName } from "../../port/sql-types.js";
import { quoteName, quoteString, structLiteral } from "../print/sql.js";
import { coerce, commonType } from "../types/coercion.js";
import { sameType } from "../types/equality.js";
import type { Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { type FromContext, lateralContext, type ResolvedFrom, relation, resolveFromItem, uniqueKey } from "./from.js";
import { type Origin, union } from "./lineage.js";
import type { ExprContext, OutputColumn, ScopeColumn } from "./scope.js";
import { didYouMean } from "./suggest.js";

type Item = Extract<FromItem, { kind: "unpivot" }>;

/**
 * UNPIVOT: one row for each group of columns; rows whose values are all NULL are left out unless INCLUDE NULLS.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#unpivot_operator
 */
export function resolveUnpivot(item: Item, from: FromContext): ResolvedFrom {
  const source = resolveFromItem(item.source, from);
  const ctx = lateralContext({ ...from, left: source.visible }, "UNPIVOT");
  const { unpivot } = item;
  const width = unpivot.valueColumns.length;
  const groups = unpivot.groups.map((group) => {
    if (group.columns.length !== width)
      throw analysisError(`UNPIVOT group must have ${width} columns`, group.columns[0] ?? item);
    return group.columns.map((name) => columnNamed(name, source.visible.columns));
  });
  const types = unpivot.valueColumns.map((_, i) => {
    const [first, ...others] = groups.map((group) => (group[i] as ScopeColumn).type) as [SqlType, ...SqlType[]];
    const other = others.findIndex((type) => !sameType(type, first));
    if (other === -1) return first;
    throw analysisError(
      `The datatype of column does not match with other datatypes in the IN clause. Expected ${typeName(first)}, Found ${typeName(others[other] as SqlType)}`,
      unpivot.groups[other + 1]?.columns[i] ?? item,
    );
  });
  const labels = unpivot.groups.map((group) => labelOf(group.label, group.columns, ctx));
  const labelType = commonType(labels);
  if (labelType === undefined) throw analysisError("UNPIVOT labels do not have a common type", unpivot.nameColumn);
  const rowType = rowStruct(types, labelType);
  const { lineage } = from.env;
  const origins = types.map((_, i) => union(groups.map((group) => lineage?.of(group[i]?.sql ?? ""))));
  // Rows whose values are all NULL are left out.
  if (!unpivot.includeNulls) for (const origin of origins) lineage?.add(origin);
  const rows = groups.map((group, g) => {
    const cells = group.map((column, i) => coerce(asTyped(column, item), types[i] as SqlType).sql);
    return structLiteral(rowType, [...cells, coerce(labels[g] as Typed, labelType).sql]);
  });
  return printUnpivot(item, from, source, groups.flat(), rows, types, origins, labelType);
}

function printUnpivot(
  item: Item,
  from: FromContext,
  source: ResolvedFrom,
  used: readonly ScopeColumn[],
  rows: readonly string[],
  types: readonly SqlType[],
  origins: readonly (Origin | undefined)[],
  labelType: SqlType,
): ResolvedFrom {
  const { unpivot } = item;
  const row = from.env.freshAlias();
  const gone = new Set(used.map((column) => column.sql));
  const kept = source.visible.columns.filter((column) => !gone.has(column.sql) && column.pseudo !== true);
  const { lineage } = from.env;
  const output = (name: string | undefined, i: number, type: SqlType, origin?: Origin): OutputColumn => ({
    name,
    key: name ?? `f${i}_`,
    type,
    literal: undefined,
    span: item,
    origin,
  });
  const outputs = [
    ...kept.map((column, i) => output(column.name, i, column.type, lineage?.of(column.sql))),
    ...unpivot.valueColumns.map((name, i) => output(name.name, i, types[i] as SqlType, origins[i])),
    output(unpivot.nameColumn.name, 0, labelType),
  ];
  const columns: OutputColumn[] = [];
  for (const column of outputs) columns.push({ ...column, key: uniqueKey(column.key, columns) });
  const cells = types.map((_, i) => `struct_extract(${row}.v, 'v${i}')`);
  const values = [...kept.map((column) => column.sql), ...cells, `struct_extract(${row}.v, 'label')`];
  const list = values.map((sql, i) => `${sql} AS ${quoteName((columns[i] as OutputColumn).key)}`).join(", ");
  const filter = unpivot.includeNulls ? "" : ` WHERE ${cells.map((cell) => `${cell} IS NOT NULL`).join(" OR ")}`;
  // A lateral SELECT, because the list may hold a lambda, which DuckDB misreads in the argument of a table function.
  const sql = `(SELECT ${list} FROM ${source.sql} CROSS JOIN (SELECT unnest([${rows.join(", ")}]) AS v) AS ${row}${filter})`;
  return relation(sql, columns, false, item.alias, from.env);
}

function rowStruct(types: readonly SqlType[], labelType: SqlType): StructType {
  return {
    kind: "struct",
    fields: [...types.map((type, i) => ({ name: `v${i}`, type })), { name: "label", type: labelType }],
  };
}

function columnNamed(name: Identifier, columns: readonly ScopeColumn[]): ScopeColumn {
  const column = columns.find((candidate) => candidate.name?.toLowerCase() === name.name.toLowerCase());
  if (column !== undefined) return column;
  throw analysisError(
    `Unrecognized name: ${name.name}${didYouMean(
      name.name,
      columns.flatMap((candidate) => candidate.name ?? []),
    )}`,
    name,
  );
}

function labelOf(label: Expr | undefined, columns: readonly Identifier[], ctx: ExprContext): Typed {
  if (label !== undefined) return resolveExpr(label, ctx);
  const text = columns.map((column) => column.name).join("_");
  const { start, end } = columns[0] as Identifier;
  return {
    sql: quoteString(text),
    type: "STRING",
    span: { start, end },
    literal: { kind: "string", text },
    nullable: false,
    uses: [],
  };
}

function asTyped(column: ScopeColumn, { start, end }: { start: number; end: number }): Typed {
  return { sql: column.sql, type: column.type, span: { start, end }, nullable: true, uses: [] };
}
