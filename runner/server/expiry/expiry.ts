import { partitionAt, partitionsBefore } from "../catalog/partitions.js";
import { type Catalogue, runSql } from "../catalog/service.js";
import { deleteTable } from "../catalog/table-changes.js";
import { findRelation, type TableRef, tableId } from "../catalog/tables.js";
import { rowsOf } from "../jobs/rows-of.js";
import { quoted } from "../protocol/schema.js";

/** How often somebody looks what has expired, in milliseconds. */
const EVERY_MS = 10_000;

/** Removes tables and partitions when their time is over. */
export class Expiry {
  readonly #catalogue: Catalogue;
  readonly #project: string;
  readonly #timer: NodeJS.Timeout;
  #last: Promise<void> = Promise.resolve();

  constructor(catalogue: Catalogue, project: string) {
    this.#catalogue = catalogue;
    this.#project = project;
    this.#timer = setInterval(() => void this.sweep().catch(() => undefined), EVERY_MS).unref();
  }

  /** Removes what has expired by now. */
  async sweep(): Promise<void> {
    const sweeping = this.#last.catch(() => undefined).then(() => this.#sweep());
    this.#last = sweeping;
    return sweeping;
  }

  async #sweep(): Promise<void> {
    const now = this.#catalogue.clock.now();
    for (const [id, { expirationTime, partitionExpirationMs }] of this.#catalogue.store.entries("table")) {
      const [dataset = "", table = ""] = id.split(".");
      const ref = { project: this.#project, dataset, table };
      if (expirationTime && Number(expirationTime) <= now) await this.#remove(ref);
      else if (partitionExpirationMs) await this.#removePartitions(ref, now - Number(partitionExpirationMs));
    }
  }

  async #remove(ref: TableRef): Promise<void> {
    if ((await findRelation(this.#catalogue, ref)) !== undefined) await deleteTable(this.#catalogue, ref);
  }

  /** @param until whatever has begun by then goes */
  async #removePartitions(ref: TableRef, until: number): Promise<void> {
    const relation = await findRelation(this.#catalogue, ref);
    const last = relation && partitionAt(this.#catalogue.store, ref, relation, until);
    if (last === undefined) return;
    const rows = `${quoted(ref.dataset)}.${quoted(ref.table)} WHERE ${partitionsBefore(last)}`;
    // A change of nothing would count as one.
    const [[count] = [0]] = await rowsOf(this.#catalogue.jobs, `SELECT COUNT(*) FROM ${rows}`);
    if (Number(count) === 0) return;
    await runSql(this.#catalogue, `DELETE FROM ${rows}`);
    this.#catalogue.times.touch(tableId(ref));
  }

  /** Looks no more, once what is under way has ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last.catch(() => undefined);
  }
}
