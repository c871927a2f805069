import { migrateState } from "../../runner/state/migrate.js";
import { MemoryWarehouse } from "./memory-warehouse.js";
import { type LiveTable, type Outside, STATE_DATASET } from "./outside.js";
import { DATASET, relation } from "./spec.js";

const migrated = new MemoryWarehouse();
await migrated.transaction((transaction) => migrateState(transaction, STATE_DATASET));

/** A fresh warehouse in memory. */
export function memoryOutside(): Outside & { readonly warehouse: MemoryWarehouse } {
  const warehouse = new MemoryWarehouse(migrated);
  return {
    warehouse,
    async live() {
      const live = new Map<string, LiveTable>();
      for (const [key, { relation: table, rows }] of warehouse.tables()) {
        if (!key.startsWith(`${DATASET}.`)) continue;
        const { kind, partitionColumn, columns, definition } = table;
        const shown = kind === "view" ? warehouse.contentOfView(definition ?? "") : { columns, rows };
        live.set(table.id.name, {
          kind,
          partitioned: partitionColumn !== undefined,
          definition: definition ?? "",
          shown,
        });
      }
      return live;
    },
    async write(name, content, partitioned) {
      warehouse.write(relation(name), content, { partitionColumn: partitioned ? "d" : undefined, primaryKey: [] });
    },
    async drop(name) {
      warehouse.drop(relation(name));
    },
  };
}
