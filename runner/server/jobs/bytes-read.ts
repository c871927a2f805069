import type { JobStatement, SqlJobs } from "../../port/sql-jobs.js";
import { logicalBytes } from "../catalog/bytes.js";

/** Bytes of the tables that statements read, as BigQuery counts them. */
export async function bytesOf(
  { jobs }: { readonly jobs: SqlJobs },
  statements: readonly JobStatement[],
): Promise<number> {
  let bytes = 0;
  // A view is not computed when it is defined.
  for (const { reads, kind, target } of statements)
    if (!kind.startsWith("CREATE_") || kind === "CREATE_TABLE_AS_SELECT")
      for (const { dataset, name } of REWRITES.has(kind) && target !== undefined ? [...reads, target] : reads) {
        const [relation] = await jobs.relations(dataset, name);
        if (relation?.kind === "table") bytes += logicalBytes(relation);
      }
  return bytes;
}

/** Statements that read the table, too, whose rows they change. */
const REWRITES: ReadonlySet<string> = new Set(["UPDATE", "DELETE", "MERGE"]);
