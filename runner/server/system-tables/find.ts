import type { SystemTables } from "../../port/sql-jobs.js";
import type { Catalogue } from "../catalog/service.js";
import type { JobRegistry } from "../jobs/registry.js";
import { SYSTEM_COLUMNS, systemViewNamed } from "./definitions.js";
import { systemRows } from "./rows.js";

/**
 * The views of INFORMATION_SCHEMA and `__TABLES__`, as a project sees them: of a dataset (`d.INFORMATION_SCHEMA.TABLES`), or of all
 * datasets (`region-us.INFORMATION_SCHEMA.TABLES`).
 */
export function systemTables(catalogue: Catalogue & { readonly registry: JobRegistry }, project: string): SystemTables {
  return (path) => {
    const name = path.at(-1) ?? "";
    const isOld = name.toUpperCase() === "__TABLES__";
    if (!isOld && path.at(-2)?.toUpperCase() !== "INFORMATION_SCHEMA") return undefined;
    const view = systemViewNamed(name);
    if (view === undefined) return undefined;
    const owner = path.at(isOld ? -2 : -3);
    if (isOld && owner === undefined) return undefined;
    const dataset = owner === undefined || /^region-/i.test(owner) || owner === project ? undefined : owner;
    return {
      key: `system ${view} ${dataset ?? "*"}`,
      columns: SYSTEM_COLUMNS[view],
      rows: () => systemRows(catalogue, project, view, dataset),
    };
  };
}
