import { migrateState } from "../../runner/state/migrate.js";
import { MemoryWarehouse } from "./memory-warehouse.js";
import { DATASET, relation } from "./spec.js";
import { type Outside, STATE_DATASET } from "./world.js";

const migrated = new MemoryWarehouse();
await migrated.transaction((transaction) => migrateState(transaction, STATE_DATASET));

/** A fresh warehouse in memory. */
export function memoryOutside(): Outside & { readonly warehouse: MemoryWarehouse } {
  const warehouse = new MemoryWarehouse(migrated);
  return {
    warehouse,
    async live() {
      return new Map(
        [...warehouse.tables()]
          .filter(([key]) => key.startsWith(`${DATASET}.`))
          .map(
            ([
              ,
              {
                relation: { id, kind, partitionColumn, primaryKey, columns },
                rows,
              },
            ]) => {
              const layout = { partitioned: partitionColumn !== undefined, keyed: primaryKey.length > 0 };
              const extended = columns.some(({ name }) => name === "x");
              return [id.name, { kind, ...layout, extended, rows }];
            },
          ),
      );
    },
    async write(name, rows, layout) {
      warehouse.write(relation(name), rows, layout);
    },
    async drop(name) {
      warehouse.drop(relation(name));
    },
  };
}
