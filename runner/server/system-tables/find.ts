import { EngineError } from "../../port/engine-error.js";
import type { SystemTables } from "../../port/sql-jobs.js";
import { SYSTEM_COLUMNS, systemViewNamed } from "./definitions.js";
import { systemRows } from "./rows.js";
import type { Place } from "./shared.js";

/**
 * The views of INFORMATION_SCHEMA, `__TABLES__` and `__TABLES_SUMMARY__`, as a project sees them: of a dataset (`d.INFORMATION_SCHEMA.TABLES`), or of all
 * datasets of a location (`region-us.INFORMATION_SCHEMA.TABLES`).
 * @param location of datasets that say nothing else; undefined: nobody has said it, and views of a location are refused
 * @param noted when all is kept that the statements of the script have done so far
 */
export function systemTables(
  catalogue: Place,
  project: string,
  location: string | undefined,
  noted: () => Promise<unknown>,
): SystemTables {
  return (path) => {
    const name = path.at(-1) ?? "";
    const isOld = ["__TABLES__", "__TABLES_SUMMARY__"].includes(name.toUpperCase());
    if (!isOld && path.at(-2)?.toUpperCase() !== "INFORMATION_SCHEMA") return undefined;
    const view = systemViewNamed(name);
    if (view === undefined) return undefined;
    const owner = path.at(isOld ? -2 : -3);
    if (isOld && owner === undefined) return undefined;
    const region = owner === undefined ? undefined : /^region-(.+)$/i.exec(owner)?.[1];
    if (region !== undefined && location === undefined) throw noLocation(path);
    const dataset = region !== undefined || owner === project ? undefined : owner;
    return {
      key: `system ${view} ${dataset ?? `*${region ?? ""}`}`,
      columns: SYSTEM_COLUMNS[view],
      rows: async () => {
        await noted();
        return systemRows(catalogue, project, view, { dataset, region, location });
      },
    };
  };
}

function noLocation(path: readonly string[]): EngineError {
  return new EngineError(
    "sql",
    `${path.join(".")} is not supported where no location of the data is said: leave ${path.at(-3)} out, or set defaultLocation`,
  );
}
