import type { ScalarType, TableDefinition } from "../../runner/api/loader.js";
import type { HashField } from "../data-hash.js";

/** A table of `nba_raw` with the fields that make up its `data_hash`. */
export interface RawTable extends TableDefinition {
  readonly hashFields: readonly HashField[];
}

/**
 * The role says what the hash covers: K key and hashed, Y hashed, - not hashed. `required` is NOT NULL; keys are always
 * required. Several names in one text share type and role.
 */
type ColumnLine = readonly [names: string, type: ScalarType, role: "K" | "Y" | "-", required?: "required"];

interface RawTableSpec {
  readonly columns: readonly ColumnLine[];
  readonly primaryKey: readonly string[];
  readonly partitionColumn?: string;
  readonly clusterBy?: readonly string[];
}

const STANDARD_COLUMNS: readonly ColumnLine[] = [
  ["data_hash", "STRING", "-"],
  ["processed_at", "TIMESTAMP", "-", "required"],
  ["source_file_path", "STRING", "-"],
];

/** A table of `nba_raw`, with the three columns that every raw table carries (docs/warehouse.md). */
export function rawTable(name: string, spec: RawTableSpec): RawTable {
  const lines = [...spec.columns, ...STANDARD_COLUMNS].flatMap(([names, type, role, required]) =>
    names.split(" ").map((column) => ({ column, type, role, required })),
  );
  const keys = new Set(spec.primaryKey);
  const origin = new Set(["processed_at", "source_file_path"]);
  const facts = lines.map(({ column }) => column).filter((column) => !origin.has(column));
  return {
    id: { dataset: "nba_raw", name },
    columns: lines.map(({ column, type, role, required }) => ({
      name: column,
      type,
      required: role === "K" || required !== undefined || keys.has(column),
    })),
    primaryKey: spec.primaryKey,
    partitionColumn: spec.partitionColumn,
    clusterBy: spec.clusterBy ?? [],
    rowHash: "data_hash",
    // What the hash leaves out is loaded, too: a corrected price or name, and the league's ids, by which later loads know what is stored.
    comparedBy: facts,
    hashFields: lines.filter(({ role }) => role !== "-").map(({ column, type }) => ({ name: column, type })),
  };
}
