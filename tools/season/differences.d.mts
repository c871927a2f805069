/** A column in SQL of DuckDB; of the row of another table, in a STRUCT, without the times at which it was written. */
export function comparedValue(name: string, type: string): string;
