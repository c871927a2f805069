import { inferSources } from "../infer/infer-sources.js";
import { type ScaffoldedTable, scaffold, schemas } from "../infer/scaffold.js";
import type { Column } from "../port/sql-types.js";
import { typeName } from "../port/sql-types.js";
import { withPlainlyLoaded } from "../project/foreign-relations.js";
import { partitionsSaid } from "../project/inferred-partitions.js";
import { alignColumns, count, plural, writeNote } from "../report/text.js";
import { announced } from "../session/announce.js";
import { loadPlace } from "../session/load-place.js";
import { type Place, withWarehouse } from "../session/place.js";
import { EXIT } from "./exit.js";

interface ScaffoldOptions {
  readonly write: boolean;
  readonly rows: number;
  readonly json: boolean;
}

/** Prints, or runs, the statements that make every table that the project reads and nobody has made. */
export async function scaffoldSources(place: Place, { write, rows, json }: ScaffoldOptions): Promise<number> {
  const { manifest } = await loadPlace(place);
  const known = withPlainlyLoaded(await knownRelations(place), manifest);
  const kept = `${place.settings.stateDataset}.`;
  const missing = inferSources(manifest, known).filter(({ key }) => !key.startsWith(kept));
  const tables = scaffold(missing, rows, partitionsSaid(manifest, place.settings.sources));
  const read = new Set(missing.map(({ key }) => key));
  const unread = manifest.actions
    .filter(
      ({ type, key }) => type === "declaration" && !read.has(key) && !isKnown(key, known) && !key.startsWith(kept),
    )
    .map(({ key }) => key);
  const statements = [...schemas(tables), ...tables.flatMap((table) => table.statements)];
  if (write && tables.length > 0)
    await withWarehouse(place, true, (warehouse) =>
      announced(place, "seed", () =>
        warehouse.transaction(async (transaction) => {
          for (const statement of statements) await transaction.execute(statement);
        }),
      ),
    );
  if (json) process.stdout.write(`${JSON.stringify({ written: write, tables: tables.map(asJson), unread })}\n`);
  else process.stdout.write(write ? summary(tables) : script(tables));
  if (!json) {
    for (const key of unread) writeNote(`${key} is declared, and nothing reads it; it is left out`);
  }
  return EXIT.done;
}

/** A wildcard table is known when a table of its prefix is. */
function isKnown(key: string, known: ReadonlyMap<string, unknown>): boolean {
  return known.has(key) || (key.endsWith("*") && [...known.keys()].some((name) => name.startsWith(key.slice(0, -1))));
}

async function knownRelations(place: Place): Promise<ReadonlyMap<string, readonly Column[]>> {
  if (!place.engine.exists(place)) return new Map();
  return withWarehouse(place, false, (warehouse) =>
    warehouse.observe(async (observation) => {
      const relations = await observation.relations();
      return new Map([...relations].map(([key, { columns }]) => [key, columns] as const));
    }),
  );
}

function asJson({ key, columns, rows, readers, statements }: ScaffoldedTable) {
  return {
    table: key,
    columns: columns.map(({ name, type }) => ({ name, type: typeName(type) })),
    rows,
    readers,
    statements,
  };
}

/** The statements, each table under the names of those that read it. */
function script(tables: readonly ScaffoldedTable[]): string {
  if (tables.length === 0) return "-- no source is missing\n";
  const parts = tables.map(({ readers, statements }) => {
    const more = readers.length > 3 ? ` and ${readers.length - 3} more` : "";
    return `-- read by ${readers.slice(0, 3).join(", ")}${more}\n${statements.join("\n")}`;
  });
  return `${[schemas(tables).join("\n"), ...parts].join("\n\n")}\n`;
}

function summary(tables: readonly ScaffoldedTable[]): string {
  if (tables.length === 0) return "no source is missing\n";
  const rows = tables.map(({ key, columns, rows: made }) => [`  ${key}`, count(columns.length), count(made)]);
  const lines = alignColumns([["  table", "columns", "rows"], ...rows], new Set([1, 2]));
  return `${[...lines, `${plural(tables.length, "table")} made, as the SQL uses them | next: fastbreak run`].join("\n")}\n`;
}
