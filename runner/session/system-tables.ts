import type { ProjectNames } from "../googlesql/project-names.js";
import type { CatalogueReader, SystemTables } from "../port/sql-jobs.js";

/** Where a project's data is, as far as INFORMATION_SCHEMA tells of it. */
export interface DataPlace {
  readonly projects?: (() => Promise<ProjectNames>) | undefined;
  readonly location?: (() => Promise<string | undefined>) | undefined;
}

/** INFORMATION_SCHEMA and the like for the SQL of a project on an engine that has none; loaded when the first query is translated. */
export function systemTablesOf(place: DataPlace): () => Promise<SystemTables> {
  let found: Promise<SystemTables> | undefined;
  return () => {
    found ??= loaded(place);
    return found;
  };
}

async function loaded({ projects, location }: DataPlace): Promise<SystemTables> {
  const { systemTables } = await import("../server/system-tables/find.js");
  const where = await location?.();
  const home = (await projects?.())?.home ?? "local";
  const placeOf = async (reader: CatalogueReader | undefined) => {
    if (reader === undefined) throw new TypeError("nobody reads what there is");
    const { placeOn } = await import("../server/system-tables/place.js");
    return placeOn(reader, where ?? "US");
  };
  return systemTables(placeOf, home, where, async () => undefined);
}
