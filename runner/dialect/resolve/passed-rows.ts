import type { Select } from "../../googlesql/ast.js";
import { quoteName } from "../print/sql.js";
import type {
  Environment,
  OutputColumn,
  Passed,
  PassedColumn,
  PassedRange,
  RangeVariable,
  ScopeColumn,
  Visible,
} from "./scope.js";

/** The columns of a SELECT with the texts that they are. */
interface Output {
  readonly columns: readonly OutputColumn[];
  readonly values: readonly string[];
}

/**
 * What a SELECT that stands for a pipe operator passes on: table aliases go on standing for the original rows, also where the operator
 * gave their columns other values or names, or dropped them.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax#set_pipe_operator
 */
export function passedRows(select: Select, visible: Visible, output: Output, env: Environment): Passed {
  const hidden: Passed["hidden"][number][] = [];
  const keys = new Map(output.values.map((sql, i) => [sql, (output.columns[i] as OutputColumn).key]));
  /** After DISTINCT nothing is left but the columns. */
  const pass = ({ name, sql, type, pseudo }: ScopeColumn): PassedColumn | undefined => {
    let key = keys.get(sql);
    if (key === undefined && select.distinct) return undefined;
    if (key === undefined) {
      key = `passed${hidden.length}$`;
      keys.set(sql, key);
      hidden.push({ name, key, type, sql, literal: undefined, span: select, origin: env.lineage?.of(sql) });
    }
    return { name, key, type, pseudo };
  };
  const passAll = (columns: readonly ScopeColumn[]): PassedColumn[] => columns.flatMap((column) => pass(column) ?? []);
  const range = ({ name, columns, value }: RangeVariable): PassedRange | undefined => {
    if (value === undefined) return { name, columns: passAll(columns), value };
    const passed = pass({ name, ...value });
    return passed && { name, columns: [], value: passed };
  };
  const replaced = replacedNames(select);
  const named = new Set(output.columns.map(({ name }) => name?.toLowerCase()));
  const isHidden = ({ name, pseudo }: ScopeColumn): boolean => pseudo === true && !named.has(name?.toLowerCase());
  return {
    ranges: visible.ranges.filter(({ name }) => !replaced.has(name.toLowerCase())).flatMap((one) => range(one) ?? []),
    pseudo: passAll(visible.columns.filter(isHidden)),
    hidden,
  };
}

/** Columns of SET: a table alias of such a name is hidden by the new value. */
function replacedNames({ items }: Select): ReadonlySet<string> {
  return new Set(
    items.flatMap((item) => (item.kind === "star" ? item.replace.map(({ name }) => name.name.toLowerCase()) : [])),
  );
}

/** The columns of a SELECT list with those that are hidden behind it. */
export function hiddenItems(passed: Passed | undefined): string {
  return (passed?.hidden ?? []).map(({ sql, key }) => `, ${sql} AS ${quoteName(key)}`).join("");
}
