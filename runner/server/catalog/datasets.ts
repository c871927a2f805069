import * as v from "valibot";
import { isHidden, type Kept } from "../metadata/store.js";
import { ApiError, fullName, notFound } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { quoted } from "../protocol/schema.js";
import { changedLabels, int64, tags } from "../protocol/validate.js";
import { defaultCollation } from "./fields.js";
import { merged } from "./merged.js";
import { dropPoliciesOf } from "./row-access.js";
import { type Catalogue, type Project, type ReadCatalogue, runSql } from "./service.js";

const HOUR_MS = 3_600_000;

/** What a client may say of a dataset. https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets */
const SAID = {
  friendlyName: v.nullish(v.string()),
  description: v.nullish(v.string()),
  labels: v.nullish(changedLabels),
  location: v.nullish(v.string()),
  access: v.nullish(v.array(v.looseObject({}))),
  defaultTableExpirationMs: v.nullish(
    v.pipe(
      int64,
      v.check(
        (text) => Number(text) === 0 || Number(text) >= HOUR_MS,
        `must be at least ${HOUR_MS}, which is one hour`,
      ),
    ),
  ),
  defaultPartitionExpirationMs: v.nullish(int64),
  defaultCollation,
  defaultRoundingMode: v.nullish(v.string()),
  defaultEncryptionConfiguration: v.nullish(v.looseObject({})),
  maxTimeTravelHours: v.nullish(
    v.pipe(
      int64,
      v.check((text) => Number(text) >= 48 && Number(text) <= 168, "must be between 48 and 168"),
    ),
  ),
  isCaseInsensitive: v.nullish(v.boolean()),
  storageBillingModel: v.nullish(v.string()),
  resourceTags: v.nullish(tags),
};

export const datasetChange = v.object(SAID);
export const newDataset = v.object({ ...SAID, datasetReference: v.object({ datasetId: v.string() }) });

const NAME = /^[A-Za-z0-9_]{1,1024}$/;

/** The dataset of results that were written to no table. Clients keep tables of their own in it, as with the service: data frames, temporary views. */
export const ANONYMOUS_DATASET = "_fastbreak_results";

/** How long a table of it is kept that says nothing else, in milliseconds. */
const ANONYMOUS_MS = 24 * HOUR_MS;

/** Every dataset that a list shows, by its name. */
export async function listDatasets(catalogue: Catalogue, all: boolean): Promise<readonly string[]> {
  return (await catalogue.jobs.datasets()).filter((name) => all || !isHidden(name));
}

/** Whether there is a dataset. */
export async function hasDataset({ jobs }: ReadCatalogue, dataset: string): Promise<boolean> {
  return (await jobs.datasets()).includes(dataset);
}

/** @throws ApiError where there is none of the name */
export async function requireDataset(catalogue: Catalogue, project: Project, dataset: string): Promise<void> {
  if (dataset === ANONYMOUS_DATASET) return openAnonymous(catalogue);
  await requireNamed(catalogue, project, dataset);
}

/** The same, for whoever changes nothing. */
export async function requireNamed(catalogue: ReadCatalogue, project: Project, dataset: string): Promise<void> {
  if (!(await hasDataset(catalogue, dataset))) throw notFound("Dataset", fullName(project, dataset));
}

/** Makes the dataset of results, which no warehouse has before somebody names it. */
export async function openAnonymous(catalogue: Catalogue): Promise<void> {
  if (await hasDataset(catalogue, ANONYMOUS_DATASET)) return;
  await runSql(catalogue, `CREATE SCHEMA IF NOT EXISTS ${quoted(ANONYMOUS_DATASET)}`);
  await keepDataset(catalogue, ANONYMOUS_DATASET, {
    defaultTableExpirationMs: String(ANONYMOUS_MS),
    created: catalogue.clock.now(),
  });
}

/** The short form that lists have. */
export function datasetEntry({ store, location }: Catalogue, project: Project, dataset: string) {
  const kept = store.get("dataset", dataset);
  return {
    kind: "bigquery#dataset",
    id: fullName(project, dataset),
    datasetReference: { datasetId: dataset, projectId: project },
    ...(kept.labels === undefined ? {} : { labels: kept.labels }),
    ...(kept.friendlyName === undefined ? {} : { friendlyName: kept.friendlyName }),
    location: kept.location ?? location,
    type: "DEFAULT",
  };
}

/** @throws ApiError where there is none of the name */
export async function getDataset(catalogue: Catalogue, project: Project, dataset: string) {
  await requireDataset(catalogue, project, dataset);
  const { store, times, location } = catalogue;
  const kept = store.get("dataset", dataset);
  const modified = times.get(dataset);
  const { created = modified, ...said } = kept;
  return {
    kind: "bigquery#dataset",
    etag: etagOf("dataset", project, dataset, modified, JSON.stringify(said)),
    id: fullName(project, dataset),
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${project}/datasets/${dataset}`,
    datasetReference: { datasetId: dataset, projectId: project },
    access: DEFAULT_ACCESS,
    ...said,
    location: kept.location ?? location,
    creationTime: String(created),
    lastModifiedTime: String(modified),
    type: "DEFAULT",
  };
}

const DEFAULT_ACCESS = [
  { role: "WRITER", specialGroup: "projectWriters" },
  { role: "OWNER", specialGroup: "projectOwners" },
  { role: "READER", specialGroup: "projectReaders" },
];

/** @throws ApiError where there is one already, and for a name that none can have */
export async function createDataset(catalogue: Catalogue, project: Project, given: v.InferOutput<typeof newDataset>) {
  const { datasetReference, ...said } = given;
  const { datasetId } = datasetReference;
  if (!NAME.test(datasetId))
    throw new ApiError(
      "invalid",
      `Invalid dataset ID "${datasetId}". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
    );
  if (await hasDataset(catalogue, datasetId))
    throw new ApiError("duplicate", `Already Exists: Dataset ${fullName(project, datasetId)}`);
  await runSql(catalogue, `CREATE SCHEMA ${quoted(datasetId)}`);
  await keepDataset(catalogue, datasetId, { ...merged({}, said), created: catalogue.clock.now() });
  return getDataset(catalogue, project, datasetId);
}

/** Changes what is said of a dataset; `replace`: what the change leaves out is gone. */
export async function changeDataset(
  catalogue: Catalogue,
  project: Project,
  dataset: string,
  change: v.InferOutput<typeof datasetChange>,
  replace: boolean,
) {
  const { created, location, ...said } = catalogue.store.get("dataset", dataset);
  if (change.location && location !== undefined && change.location !== location)
    throw new ApiError("invalid", "Cannot change the location of a dataset");
  await keepDataset(catalogue, dataset, { ...merged(replace ? {} : said, change), location, created });
  return getDataset(catalogue, project, dataset);
}

async function keepDataset({ store, times }: Catalogue, dataset: string, kept: Kept): Promise<void> {
  await store.set("dataset", dataset, kept);
  times.touch(dataset);
}

/** @throws ApiError `resourceInUse` for one that holds something, without `deleteContents` */
export async function deleteDataset(catalogue: Catalogue, project: Project, dataset: string, deleteContents: boolean) {
  await requireDataset(catalogue, project, dataset);
  const name = fullName(project, dataset);
  if (!deleteContents) {
    const routines = [...(await catalogue.jobs.routines()).keys()].some((key) => key.startsWith(`${dataset}.`));
    if (routines || (await catalogue.jobs.relations(dataset)).length > 0)
      throw new ApiError("resourceInUse", `Dataset ${name} is still in use`);
  }
  await runSql(catalogue, `DROP SCHEMA ${quoted(dataset)} CASCADE`);
  await catalogue.store.removeDataset(dataset);
  await dropPoliciesOf(catalogue, dataset);
}
