import { applyMigrations, pendingMigrations } from "../migrate/migrate.js";
import { type MigrationFile, numbered, readMigrationFiles } from "../migrate/migration-files.js";
import type { MigrationNames } from "../migrate/render.js";
import type { Warehouse } from "../port/port.js";
import { datasetSuffix, homeProject } from "../project/home-project.js";
import { migrateState } from "../state/migrate.js";
import { announced } from "./announce.js";
import type { Place } from "./place.js";

/** What the migrations of a project may name. */
export async function migrationNames({
  projectDir,
  overrides,
  settings,
}: Pick<Place, "projectDir" | "overrides" | "settings">): Promise<MigrationNames> {
  return {
    project: await homeProject(projectDir, overrides),
    suffix: await datasetSuffix(projectDir, overrides),
    stateDataset: settings.stateDataset,
  };
}

/**
 * Applies the project's pending migrations where its settings ask for that before anything is written.
 * @throws UserError as `applyMigrations` and `pendingMigrations` do
 */
export async function migrateFirst(place: Place, warehouse: Warehouse): Promise<void> {
  if (!place.settings.autoMigrate) return;
  const files = readMigrationFiles(place.projectDir);
  if (files.length === 0) return;
  const names = await migrationNames(place);
  const { applied: before, pending } = await warehouse.observe((observation) =>
    pendingMigrations(observation, files, names),
  );
  if (pending.length === 0) return;
  await announced(place, "migrate", async () => {
    await warehouse.transaction((transaction) => migrateState(transaction, names.stateDataset));
    const applied: MigrationFile[] = [];
    try {
      await applyMigrations(warehouse, pending, names, ({ file }) => applied.push(file));
    } finally {
      // A new warehouse gets all of them, which is no news.
      if (before.length > 0 && applied.length > 0) place.onNote?.(`${appliedText(applied)} applied`);
    }
  });
}

function appliedText(files: readonly MigrationFile[]): string {
  const [first, last] = [files[0], files.at(-1)] as [MigrationFile, MigrationFile];
  if (files.length === 1) return `migration ${numbered(first.version)} ${first.name}`;
  return `migrations ${numbered(first.version)} to ${numbered(last.version)}`;
}
