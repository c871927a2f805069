const SYSTEM_TABLE = /(^|\.)INFORMATION_SCHEMA\.|(^|\.)__TABLES(_SUMMARY)?__$/i;

/** Whether a path, its parts joined by dots, names a table that BigQuery makes up about others: INFORMATION_SCHEMA, `__TABLES__`. */
export function isSystemTable(path: string): boolean {
  return SYSTEM_TABLE.test(path);
}
