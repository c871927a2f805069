/** What is told of one column, be it within others. */
export interface ColumnSettings {
  /** Names from the outermost column to this one. */
  readonly path: readonly string[];
  readonly description?: string | undefined;
  /** Names of the policy tags that restrict who reads it. */
  readonly policyTags: readonly string[];
}

/** What a relation is besides its rows and columns, as the project wants it. An engine takes of it what it has a place for. */
export interface RelationSettings {
  /** The view keeps its rows. */
  readonly isMaterialized: boolean;
  /** GoogleSQL behind PARTITION BY. */
  readonly partitionBy?: string | undefined;
  /** Names of columns. */
  readonly clusterBy: readonly string[];
  readonly partitionExpirationDays?: number | undefined;
  /** A query must say of which partitions it reads. */
  readonly requiresPartitionFilter: boolean;
  /** Further options by name, their values in GoogleSQL. */
  readonly options: Readonly<Record<string, string>>;
  /** Names of settings that ask for a kind of table that is not made; empty: none does. */
  readonly unsupported: readonly string[];
  readonly description?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly ColumnSettings[];
}

/** Of a relation of which nobody says anything. */
export const NO_SETTINGS: RelationSettings = {
  isMaterialized: false,
  clusterBy: [],
  requiresPartitionFilter: false,
  options: {},
  unsupported: [],
  labels: {},
  columns: [],
};

/** A relation of the project as it should stand. */
export interface WantedRelation {
  readonly id: { readonly dataset: string; readonly name: string };
  readonly settings: RelationSettings;
  /** It has nothing but what the settings say; else what others have said of it stays. */
  readonly isExact: boolean;
  /** The query of a view that nobody but the engine makes; undefined: whoever builds the relation does. */
  readonly viewQuery?: string | undefined;
}

/** A relation that stands otherwise than it is wanted. */
export interface DueRelation {
  readonly wanted: WantedRelation;
  /** What is to be set, in words. */
  readonly what: readonly string[];
}
