import type { RelationId } from "./port.js";

/** A row access policy: rows of a table that some callers may read. https://cloud.google.com/bigquery/docs/row-level-security-intro */
export interface RowAccessPolicy {
  readonly name: string;
  /** As `user:somebody@example.com`, `domain:example.com`, `allAuthenticatedUsers`. */
  readonly grantees: readonly string[];
  /** The condition of the rows, in GoogleSQL. */
  readonly filter: string;
}

/** What a statement does with the policies of a table. */
export type PolicyChange = { readonly table: RelationId } & (
  | {
      readonly kind: "create";
      readonly policy: RowAccessPolicy;
      readonly ifExists: "fail" | "replace" | "skip";
    }
  /** `name` undefined: all of the table. */
  | { readonly kind: "drop"; readonly name: string | undefined; readonly ifMissing: "fail" | "skip" }
);

/** What of the warehouse is open to whoever runs a job. */
export interface RowAccess {
  readonly user: string;
  /** The condition of the rows of a table that the caller may read, in GoogleSQL; undefined: all. */
  condition(table: RelationId): string | undefined;
  /** The query of a view that is to be read in its place, so that conditions hold within; undefined: the view reads none of such tables. */
  viewQuery(view: RelationId): string | undefined;
  /**
   * @returns what has been done
   * @throws Error for a policy that is there, or is not, in the service's words
   */
  change(change: PolicyChange): Promise<"CREATE" | "REPLACE" | "SKIP" | "DROP">;
}
