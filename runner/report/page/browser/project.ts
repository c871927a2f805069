import type { ColumnRef, PageData, PageModel, PageRunAction } from "../page-data.js";

/** How a model stands, for a person. */
export type Standing = "fresh" | "run" | "failed" | "blocked" | "left" | "source";

/** What one run did with a model. */
export interface Appearance {
  readonly runId: string;
  readonly startedAt: string;
  readonly action: PageRunAction;
}

/** The data of the pages with what follows from it. */
export class Project {
  readonly byKey: ReadonlyMap<string, number>;
  /** Places of the models that read each model; assertions left out. */
  readonly readers: readonly (readonly number[])[];
  /** Places of the assertions about each model. */
  readonly checks: readonly (readonly number[])[];
  /** What the runs did with each model, newest first. */
  readonly appearances: readonly (readonly Appearance[])[];
  readonly standings: readonly Standing[];
  #down: ReadonlyMap<string, readonly ColumnRef[]> | undefined;

  constructor(readonly data: PageData) {
    const { models, runs } = data;
    this.byKey = new Map(models.map(({ key }, place) => [key, place]));
    const readers: number[][] = models.map(() => []);
    const checks: number[][] = models.map(() => []);
    for (const [place, { type, reads, parent }] of models.entries()) {
      if (type === "assertion") {
        const about = parent === null ? reads : [parent];
        for (const model of about) checks[model]?.push(place);
      } else for (const read of reads) readers[read]?.push(place);
    }
    this.readers = readers;
    this.checks = checks;
    const appearances: Appearance[][] = models.map(() => []);
    for (const { id, startedAt, actions } of runs)
      for (const action of actions) appearances[action.model]?.push({ runId: id, startedAt, action });
    this.appearances = appearances;
    this.standings = models.map((model, place) => standingOf(model, appearances[place]?.[0]));
  }

  model(place: number): PageModel {
    return this.data.models[place] as PageModel;
  }

  standing(place: number): Standing {
    return this.standings[place] ?? "left";
  }

  /** The columns that are computed with a column. */
  goesInto([model, column]: ColumnRef): readonly ColumnRef[] {
    this.#down ??= this.#turned();
    return this.#down.get(`${model}.${column}`) ?? [];
  }

  #turned(): ReadonlyMap<string, readonly ColumnRef[]> {
    const turned = new Map<string, ColumnRef[]>();
    for (const [model, { columns }] of this.data.models.entries()) {
      for (const [column, { values }] of columns.entries()) {
        for (const [fromModel, fromColumn] of values) {
          const key = `${fromModel}.${fromColumn}`;
          const list = turned.get(key);
          if (list === undefined) turned.set(key, [[model, column]]);
          else list.push([model, column]);
        }
      }
    }
    return turned;
  }
}

function standingOf({ type, decisions }: PageModel, last: Appearance | undefined): Standing {
  if (type === "source") return "source";
  if (last?.action.status === "failed") return "failed";
  if (last?.action.status === "blocked") return "blocked";
  if (decisions.some(({ decision }) => decision === "run")) return "run";
  const settled = decisions.some(({ reason }) => reason === "unchanged" || reason === "cosmetic");
  return settled ? "fresh" : "left";
}
