import type { ColumnDefinition, Statement, TypeNode } from "../../googlesql/ast.js";
import { parseStatementText } from "../../googlesql/parser/statement.js";
import { partitioningOf as readPartitioning } from "../../googlesql/partitioning.js";
import { type RenamedColumn, renamedColumns } from "../../googlesql/renamed-columns.js";
import type { StatementOption } from "../../googlesql/script-ast.js";
import type { Kept } from "../metadata/store.js";

/** What a definition says that the warehouse has no place for. */
export interface DefinitionFacts {
  /** Facts that are told by the text alone. */
  readonly kept: Kept;
  /** Values of OPTIONS, as expressions; those of a column, or of a field within it, by the names that lead to it. */
  readonly options: readonly OptionText[];
  readonly columnOptions: readonly (OptionText & { readonly path: readonly string[] })[];
  /** What columns hold where a row does not say. */
  readonly defaults: readonly { readonly column: string; readonly expression: string | undefined }[];
  /** The table that it is made as, by the parts of its name. */
  readonly likePath: readonly string[] | undefined;
  /** How it was made of that table, where it tells so for good. */
  readonly cloned: { readonly isSnapshot: boolean; readonly systemTime: string | undefined } | undefined;
  /** Its OPTIONS are those of that table, but for what it says itself. */
  readonly hasOptionsOfLike: boolean;
  /** Columns that get another name, and columns that go, where that is none. */
  readonly renamedColumns: readonly RenamedColumn[];
  /** The name that a table is given. */
  readonly renamedTo: string | undefined;
}

export interface OptionText {
  readonly name: string;
  readonly expression: string;
}

/** What the text of a CREATE or ALTER statement says of its object. */
export function definitionFacts(text: string): DefinitionFacts {
  const statement = parseStatementText(text);
  const textsOf = (options: readonly StatementOption[]): OptionText[] =>
    options.map(({ name, start, end }) => ({ name, expression: text.slice(start, end) }));
  const ofColumns = (columns: readonly ColumnDefinition[]) =>
    columns.flatMap(({ name, type, options = [] }) =>
      [{ path: [name.name], options }, ...fieldOptions(type, [name.name])].flatMap(({ path, options: own }) =>
        textsOf(own).map((option) => ({ ...option, path })),
      ),
    );
  const ofNames = (columns: readonly { readonly name: string; readonly options: readonly StatementOption[] }[]) =>
    columns.flatMap(({ name, options }) => textsOf(options).map((option) => ({ ...option, path: [name] })));
  const defaultsOf = (columns: readonly ColumnDefinition[]) =>
    columns.flatMap(({ name, defaultValue }) =>
      defaultValue === undefined
        ? []
        : [{ column: name.name, expression: text.slice(defaultValue.start, defaultValue.end) }],
    );
  const none = {
    kept: {},
    options: [],
    columnOptions: [],
    defaults: [],
    likePath: undefined,
    cloned: undefined,
    hasOptionsOfLike: false,
    renamedColumns: [],
    renamedTo: undefined,
  };
  switch (statement.kind) {
    case "createTable":
      return {
        ...none,
        kept: partitioningOf(statement, text),
        options: textsOf(statement.options),
        columnOptions: ofColumns(statement.columns),
        defaults: defaultsOf(statement.columns),
      };
    case "createView": {
      const query = text.slice(statement.query.start, statement.query.end);
      const isMaterialized = /^CREATE\s+(?:OR\s+REPLACE\s+)?MATERIALIZED\b/i.test(text);
      const kept = isMaterialized
        ? { materializedView: { query, enableRefresh: true }, ...layoutOf(statement, text) }
        : { view: { query, useLegacySql: false } };
      return { ...none, kept, options: textsOf(statement.options), columnOptions: ofNames(statement.columnNames) };
    }
    case "copyTable":
      return {
        ...none,
        cloned: statement.isClone ? clonedOf(statement, text) : undefined,
        options: textsOf(statement.options),
        likePath: statement.from.parts.map(({ name }) => name),
        hasOptionsOfLike: !statement.isSnapshot,
      };
    case "createSchema":
      return { ...none, kept: collationOf(statement), options: textsOf(statement.options) };
    case "alterOptions": {
      const columnOptions = ofNames(statement.columns.map(({ name, options }) => ({ ...name, options })));
      return { ...none, kept: collationOf(statement), options: textsOf(statement.options), columnOptions };
    }
    case "createFunction":
    case "createTableFunction":
    case "createProcedure":
      return { ...none, options: textsOf(statement.options) };
    case "alterTable":
      return { ...none, columnOptions: ofColumns(statement.addColumns), defaults: defaultsOf(statement.addColumns) };
    case "changeTable":
      return { ...none, ...changesOf(statement, text, textsOf) };
    default:
      return none;
  }
}

/** The OPTIONS of fields within a type. */
function fieldOptions(
  type: TypeNode,
  path: readonly string[],
): { readonly path: readonly string[]; readonly options: readonly StatementOption[] }[] {
  if (type.kind === "arrayType") return fieldOptions(type.element, path);
  if (type.kind === "scalarType") return [];
  return type.fields.flatMap(({ name, type: inner, options = [] }) => {
    const own = [...path, name ?? ""];
    return [{ path: own, options }, ...fieldOptions(inner, own)];
  });
}

/** What a statement says of the texts of new tables in a dataset. */
function collationOf({ isCollated }: { readonly isCollated: boolean | undefined }): Kept {
  return isCollated === undefined ? {} : { defaultCollation: isCollated ? "und:ci" : "" };
}

function clonedOf(
  { isSnapshot, systemTime }: Extract<Statement, { kind: "copyTable" }>,
  text: string,
): DefinitionFacts["cloned"] {
  return { isSnapshot, systemTime: systemTime && text.slice(systemTime.start, systemTime.end) };
}

function changesOf(
  { changes }: Extract<Statement, { kind: "changeTable" }>,
  text: string,
  textsOf: (options: readonly StatementOption[]) => OptionText[],
) {
  const said = changes.filter((change) => change.kind === "options");
  const renamed = changes.find((change) => change.kind === "renameTable");
  return {
    options: said.flatMap(({ column, options }) => (column === undefined ? textsOf(options) : [])),
    columnOptions: said.flatMap(({ column, options }) =>
      column === undefined ? [] : textsOf(options).map((option) => ({ ...option, path: [column.name] })),
    ),
    defaults: changes.flatMap((change) =>
      change.kind === "setDefault"
        ? [{ column: change.name.name, expression: change.value && text.slice(change.value.start, change.value.end) }]
        : [],
    ),
    renamedColumns: renamedColumns(changes),
    renamedTo: renamed?.to.name,
  };
}

/** Partitioning that the warehouse has no place for: by anything but the days of a DATE column. */
function partitioningOf({ partitionBy }: Extract<Statement, { kind: "createTable" }>, text: string): Kept {
  const isColumn = partitionBy?.kind === "path" && !/^_PARTITION/i.test(text.slice(partitionBy.start, partitionBy.end));
  return partitionBy === undefined || isColumn ? {} : keptPartitioning(text.slice(partitionBy.start, partitionBy.end));
}

/** The layout of a materialized view, which the warehouse makes as a view. */
function layoutOf({ partitionBy, clusterBy }: Extract<Statement, { kind: "createView" }>, text: string): Kept {
  const fields = clusterBy.map(({ start, end }) => text.slice(start, end).replaceAll("`", ""));
  return {
    ...(partitionBy === undefined ? {} : keptPartitioning(text.slice(partitionBy.start, partitionBy.end))),
    ...(fields.length === 0 ? {} : { clustering: { fields } }),
  };
}

function keptPartitioning(partitionBy: string): Kept {
  const { timePartitioning, rangePartitioning } = readPartitioning(partitionBy) ?? {};
  if (rangePartitioning !== undefined) return { rangePartitioning };
  return timePartitioning === undefined ? {} : { timePartitioning };
}
