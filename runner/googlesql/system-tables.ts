const SYSTEM_TABLE = /(^|\.)INFORMATION_SCHEMA\.|(^|\.)__TABLES(_SUMMARY)?__$/i;

/** Whether a path, its parts joined by dots, names a table that BigQuery makes up about others: INFORMATION_SCHEMA, `__TABLES__`. */
export function isSystemTable(path: string): boolean {
  return SYSTEM_TABLE.test(path);
}

/** Views of INFORMATION_SCHEMA that show one dataset. https://cloud.google.com/bigquery/docs/information-schema-intro#dataset_qualifier */
const OF_DATASETS: ReadonlySet<string> = new Set(
  (
    "COLUMNS COLUMN_FIELD_PATHS CONSTRAINT_COLUMN_USAGE KEY_COLUMN_USAGE MATERIALIZED_VIEWS PARAMETERS PARTITIONS " +
    "ROUTINES ROUTINE_OPTIONS TABLES TABLE_CONSTRAINTS TABLE_OPTIONS TABLE_SNAPSHOTS VIEWS"
  ).split(" "),
);

/** Whether a path names a view of a dataset and says not of which: it is that of other names without a dataset. */
export function lacksDataset(path: readonly string[]): boolean {
  const [schema, view, ...rest] = path.map((part) => part.toUpperCase());
  return schema === "INFORMATION_SCHEMA" && OF_DATASETS.has(view ?? "") && rest.length === 0;
}
