import { canonicalText } from "../../googlesql/canonical.js";
import { quoteKey } from "../../googlesql/quote.js";
import { EngineError } from "../../port/engine-error.js";
import { type RelationId, relationKey, type Upkeep } from "../../port/port.js";
import type { DueRelation, WantedRelation } from "../../port/relation-settings.js";
import type { Described } from "./catalog.js";
import { engineError } from "./errors.js";
import type { Purpose } from "./jobs.js";
import { pathOf, restPath } from "./names.js";
import { readDataset, readTable } from "./protocol.js";
import { RestError } from "./rest-error.js";
import { type Service, sqlPath } from "./service.js";
import { type DatasetDefaults, type TablePatch, tablePatch } from "./table-patch.js";

/** How often a table is looked at again that others change meanwhile. */
const MOST_TRIES = 10;
const PRECONDITION_FAILED = 412;

/**
 * Keeps descriptions, labels and the like as the project wants them. Nothing of it is recorded: what stands is what the service itself
 * says, so that it comes right whoever has changed it, and whoever was stopped before he had set it.
 */
export class BigQueryUpkeep implements Upkeep {
  readonly #defaults = new Map<string, Promise<DatasetDefaults>>();
  readonly #datasets = new Map<string, Promise<void>>();

  constructor(readonly service: Service) {}

  async due(wanted: readonly WantedRelation[]): Promise<readonly DueRelation[]> {
    const described = await this.service.catalog.lastDescribed(wanted.map(({ id }) => id));
    const due = wanted.map(async (one, index) => ({ wanted: one, what: await this.#differing(one, described[index]) }));
    return (await Promise.all(due)).filter(({ what }) => what.length > 0);
  }

  async #differing(wanted: WantedRelation, described: Described | undefined): Promise<readonly string[]> {
    const view = wanted.viewQuery !== undefined && !isView(described, wanted.viewQuery) ? ["view"] : [];
    return described === undefined ? view : [...view, ...(await this.#patchOf(wanted, described)).what];
  }

  async bring(wanted: WantedRelation, purpose: Purpose): Promise<readonly string[]> {
    const made = await this.#view(wanted, purpose);
    const { rest, catalog, connection } = this.service;
    const backoff = rest.backoff();
    const set = new Set(made);
    for (let tries = 0; ; tries += 1) {
      const [described] = await catalog.describe([wanted.id]);
      if (described === undefined) return [...set];
      const { what, body } = await this.#patchOf(wanted, described);
      if (what.length === 0) return [...set];
      try {
        // Whatever becomes of the answer, the table is looked at again.
        const path = restPath(wanted.id, connection.project);
        const call = { method: "PATCH", path, body, headers: { "if-match": described.table.etag } } as const;
        const touched = { defines: [relationKey(wanted.id)] };
        await this.service.jobs.touching(touched, async () => readTable(await rest.send(call)));
        for (const one of what) set.add(one);
      } catch (cause) {
        if (!(cause instanceof RestError)) throw cause;
        if (tries >= MOST_TRIES) throw refused(what, cause);
        if (cause.status !== PRECONDITION_FAILED && cause.trouble === "refused") throw refused(what, cause);
        if (cause.trouble === "lost") for (const one of what) set.add(one);
        await backoff.pause(cause);
        continue;
      }
      await catalog.describe([wanted.id]);
      return [...set];
    }
  }

  /** A view that nobody builds: of an assertion, whose rows are those that it finds. */
  async #view({ id, viewQuery }: WantedRelation, purpose: Purpose): Promise<readonly string[]> {
    if (viewQuery === undefined) return [];
    const [described] = await this.service.catalog.describe([id]);
    if (isView(described, viewQuery)) return [];
    if (described !== undefined && described.table.type !== "VIEW")
      throw new EngineError("query", `${relationKey(id)} is a table, so that the view of the assertion cannot be made`);
    await this.#readyDataset(id, purpose);
    const sql = `CREATE OR REPLACE VIEW ${sqlPath(this.service, id)} AS ${viewQuery}`;
    await this.service.jobs.run({ sql, step: "view", touched: { defines: [relationKey(id)] } }, purpose);
    return ["view"];
  }

  #readyDataset(id: RelationId, purpose: Purpose): Promise<void> {
    const known = this.#datasets.get(id.dataset);
    if (known !== undefined) return known;
    const { jobs } = this.service;
    const ready = (async () => {
      if ((await this.#dataset(id)) !== undefined) return;
      await jobs.run({ sql: `CREATE SCHEMA IF NOT EXISTS ${quoteKey(id.dataset)}`, step: "define" }, purpose);
    })();
    this.#datasets.set(id.dataset, ready);
    return ready;
  }

  #dataset(id: RelationId) {
    const { project, dataset } = pathOf(id, this.service.connection.project);
    const path = `/projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}`;
    return this.service.rest.find({ method: "GET", path }, readDataset);
  }

  async #patchOf(wanted: WantedRelation, { table, relation }: Described): Promise<TablePatch> {
    const patch = tablePatch(table, wanted, "unknown");
    if (!patch.asksForDefault) return patch;
    const { dataset } = relation.id;
    const asked =
      this.#defaults.get(dataset) ??
      this.#dataset(relation.id).then((found) => ({
        partitionMs: found?.defaultPartitionExpirationMs,
        tableMs: found?.defaultTableExpirationMs,
      }));
    this.#defaults.set(dataset, asked);
    return tablePatch(table, wanted, await asked);
  }
}

/** The service may keep the text without the comments that stand around it. */
function isView(described: Described | undefined, query: string): boolean {
  return described?.table.type === "VIEW" && plain(described.relation.definition ?? "") === plain(query);
}

function plain(query: string): string {
  try {
    return canonicalText(query).replace(/\s*;$/, "");
  } catch {
    return query.trim();
  }
}

function refused(what: readonly string[], cause: RestError): EngineError {
  const { message } = engineError(cause) as Error;
  return new EngineError("query", `its rows are published, but its ${what.join(", ")} could not be set: ${message}`);
}
