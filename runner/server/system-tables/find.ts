import { EngineError } from "../../port/engine-error.js";
import type { RowObject } from "../../port/port.js";
import type { CatalogueReader, SystemTables } from "../../port/sql-jobs.js";
import { SYSTEM_COLUMNS, type SystemView, systemViewAt } from "./definitions.js";
import { systemRows } from "./rows.js";
import type { Place } from "./shared.js";

/**
 * The views of INFORMATION_SCHEMA, `__TABLES__` and `__TABLES_SUMMARY__`, as a project sees them: of a dataset (`d.INFORMATION_SCHEMA.TABLES`), or of all
 * datasets of a location (`region-us.INFORMATION_SCHEMA.TABLES`).
 * @param placeOf what the rows are made from, as somebody sees it
 * @param location of datasets that say nothing else; undefined: nobody has said it, and views of a location are refused
 * @param noted when all is kept that the statements of the script have done so far
 */
export function systemTables(
  placeOf: (reader: CatalogueReader | undefined) => Promise<Place>,
  project: string,
  location: string | undefined,
  noted: () => Promise<unknown>,
): SystemTables {
  return (path) => {
    const found = systemViewAt(path);
    if (found === undefined) return undefined;
    const { view } = found;
    const owner = found.owner.at(-1);
    const region = owner === undefined ? undefined : /^region-(.+)$/i.exec(owner)?.[1];
    if (region !== undefined && location === undefined) throw noLocation(path);
    const dataset = region !== undefined || owner === project ? undefined : owner;
    const named = found.owner.at(-2);
    const other = dataset !== undefined && named !== undefined && named !== project ? named : undefined;
    return {
      key: `system ${view} ${other === undefined ? "" : `${other}.`}${dataset ?? `*${region ?? ""}`}`,
      columns: SYSTEM_COLUMNS[view],
      rows: async (reader) => {
        await noted();
        const catalogue = await placeOf(reader);
        return dataset !== undefined && other !== undefined
          ? rowsOfOther(catalogue, other, view, dataset)
          : systemRows(catalogue, project, view, { dataset, region, location });
      },
    };
  };
}

/** Of a dataset of another project, which the warehouse calls `project.dataset`, unless somebody has loaded it without its project. */
async function rowsOfOther(
  catalogue: Place,
  project: string,
  view: SystemView,
  dataset: string,
): Promise<readonly RowObject[]> {
  const full = `${project}.${dataset}`;
  const kept = (await catalogue.jobs.datasets()).includes(full) ? full : dataset;
  const scope = { dataset: kept, region: undefined, location: undefined };
  const rows = await systemRows(catalogue, project, view, scope);
  const ofText = (text: string) => (text === full ? dataset : text.replaceAll(`${project}.${full}`, full));
  const plainly = ([name, value]: [string, unknown]) => [name, typeof value === "string" ? ofText(value) : value];
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(plainly)) as RowObject);
}

function noLocation(path: readonly string[]): EngineError {
  return new EngineError(
    "sql",
    `${path.join(".")} is not supported where no location of the data is said: leave ${path.at(-3)} out, or set defaultLocation`,
  );
}
