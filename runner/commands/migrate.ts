import { applyMigrations, type MigrationResult, pendingMigrations, tryMigrations } from "../migrate/migrate.js";
import { type MigrationFile, numbered, readMigrationFiles } from "../migrate/migration-files.js";
import { renderMigration } from "../migrate/render.js";
import type { Warehouse } from "../port/port.js";
import { alignColumns, plural } from "../report/text.js";
import { announced } from "../session/announce.js";
import { migrationNames } from "../session/migrations.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { migrateState } from "../state/migrate.js";
import { onOff } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  flags: withCommon({
    status: onOff("list what is applied and what is pending, apply nothing"),
    "dry-run": onOff("apply what is pending, tell what it did, and roll it back"),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    'Applies migrations/NNNN_name.sql of the project in their order, each once and in\none transaction: GoogleSQL with {{project}}, {{suffix}}, {{stateDataset}} and\n{{dataset "NAME"}}. See docs/operations/migrations.md.',
  ],
  examples: ["fastbreak migrate --status", "fastbreak migrate --dry-run"],

  async execute({ flags: options }): Promise<number> {
    if (options.status && options.dryRun) throw usageError("give --status or --dry-run, not both");
    const place = findPlace(placeOf(options));
    const files = readMigrationFiles(place.projectDir);
    const names = await migrationNames(place);
    for (const file of files) await renderMigration(file, names);
    const print = (document: object, lines: readonly string[]) =>
      void process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : `${lines.join("\n")}\n`);
    if (files.length === 0) {
      print({ applied: [], pending: [] }, ["The project has no migrations: no file migrations/NNNN_name.sql."]);
      return EXIT.done;
    }
    const isThere = place.engine.exists(place);
    if (options.status) {
      const found = isThere
        ? await withWarehouse(place, false, (warehouse) =>
            warehouse.observe((observation) => pendingMigrations(observation, files, names)),
          )
        : { applied: [], pending: files };
      const at = new Map(found.applied.map(({ version, appliedAt }) => [version, appliedAt]));
      print(
        {
          applied: found.applied.map(({ version, name, appliedAt }) => ({ version, name, applied_at: appliedAt })),
          pending: found.pending.map(named),
        },
        [
          ...alignColumns(
            files.map(({ version, name }) => [
              `  ${numbered(version)}`,
              name,
              at.get(version)?.slice(0, 16).replace("T", " ") ?? "pending",
            ]),
          ),
          `${plural(files.length, "migration")}: ${found.applied.length} applied, ${found.pending.length} pending`,
        ],
      );
      return EXIT.done;
    }
    const results: MigrationResult[] = [];
    const work = async (warehouse: Warehouse) => {
      if (!options.dryRun)
        await warehouse.transaction((transaction) => migrateState(transaction, place.settings.stateDataset));
      const { pending } = await warehouse.observe((observation) => pendingMigrations(observation, files, names));
      if (options.dryRun) results.push(...(await tryMigrations(warehouse, pending, names)));
      else
        await applyMigrations(warehouse, pending, names, (result) => {
          results.push(result);
          // Those before one that fails stay.
          if (!options.json) process.stdout.write(`${resultLine(result)}\n`);
        });
    };
    // A dry run makes no warehouse: it tries an empty one that nobody sees.
    const scratch = options.dryRun && !isThere ? place.engine.openScratch : undefined;
    if (scratch !== undefined && place.projects !== undefined) {
      const warehouse = await scratch(await place.projects(), place, place.systemTables);
      try {
        await work(warehouse);
      } finally {
        await warehouse.close();
      }
    } else await announced(place, "migrate", () => withWarehouse(place, true, work));
    const verb = options.dryRun ? "would be applied" : "applied";
    print({ dry_run: options.dryRun, applied: results.map(resultJson) }, [
      ...(options.dryRun ? results.map(resultLine) : []),
      results.length === 0
        ? `Nothing to apply: ${plural(files.length, "migration")} applied before.`
        : `${plural(results.length, "migration")} ${verb}${options.dryRun ? "; nothing was changed" : ""}`,
    ]);
    return EXIT.done;
  },
});

function named({ version, name }: MigrationFile): object {
  return { version, name };
}

function resultJson({ file, added, rows }: MigrationResult): object {
  return { version: file.version, name: file.name, added, rows_before: rows.before, rows_after: rows.after };
}

function resultLine({ file, added, rows }: MigrationResult): string {
  const what = added.length === 0 ? "no table or column more" : `adds ${added.slice(0, 4).join(", ")}`;
  const more = added.length > 4 ? ` and ${added.length - 4} more` : "";
  const kept = rows.before === 0 && rows.after === 0 ? "" : `; ${rows.before} rows before, ${rows.after} after`;
  return `  ${numbered(file.version)}  ${file.name}: ${what}${more}${kept}`;
}
