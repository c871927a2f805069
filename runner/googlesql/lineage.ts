/** A column of a table or view that a query reads. */
export interface ColumnSource {
  /** `dataset.name`, with its project where that is not home. */
  readonly relation: string;
  readonly column: string;
}

/** What one output column of a query is made of. */
export interface ColumnLineage {
  readonly name: string;
  /** Columns whose values the column's expression computes with. */
  readonly values: readonly ColumnSource[];
  /** Columns that only choose or order the values: PARTITION BY and ORDER BY of a window, the conditions of a subquery. */
  readonly conditions: readonly ColumnSource[];
}

/** What a query reads of the tables and views that it names: common table expressions and subqueries are seen through. */
export interface QueryLineage {
  readonly columns: readonly ColumnLineage[];
  /** Columns that decide which rows there are, for all output columns: WHERE, JOIN, GROUP BY, HAVING, QUALIFY, DISTINCT, LIMIT. */
  readonly rows: readonly ColumnSource[];
}
