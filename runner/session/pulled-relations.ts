import { isSystemTable } from "../googlesql/system-tables.js";
import { UserError } from "../graph/user-error.js";
import { EVERYTHING, type Selectable, type Selection, selectActions } from "../plan/select.js";
import { type RelationId, relationKey } from "../port/port.js";
import type { Manifest, ManifestAction } from "../project/manifest.js";
import { relationOf } from "../project/runnable.js";
import { selectionFacts } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** A relation to copy. */
export interface Pulled {
  readonly id: RelationId;
  /** What it is to the project: a source that it declares, one that it reads without declaring it, or a table that it makes. */
  readonly as: "source" | "undeclared" | "model";
}

/**
 * What a selection copies but for what lies in the dataset of the state, which is each warehouse's own: its sources, and the tables of
 * the models that it names. A selector that widens (`+name`, `name+`, `@name`) brings the sources behind what it finds, and no models.
 * @throws UserError where that is nothing
 */
export async function pulledRelations(session: ProjectSession, selection: Selection): Promise<readonly Pulled[]> {
  const { manifest } = session.loaded;
  const actions = manifest.actions.filter(({ type }) => type !== "test");
  const facts = await selectionFacts(session, selection);
  const pick = (wanted: Selection) => selectActions(actions.map(selectableOf), wanted, facts);
  const selected = pick(selection);
  const narrow = narrowed(selection);
  const names = narrow.select.length + narrow.actions.length + narrow.tags.length > 0;
  const named = (names ? pick(narrow) : undefined) ?? new Set<string>();
  const made = new Set(
    actions.flatMap(({ key, type, writes }) => [
      ...(type === "declaration" ? [] : [key]),
      ...writes.map((write) => write.key),
    ]),
  );
  const declared = new Set(actions.flatMap(({ key, type }) => (type === "declaration" ? [key] : [])));
  const picked = actions.filter(({ key }) => selected === undefined || selected.has(key));
  const sources = picked.filter(({ type }) => type === "declaration");
  const models = picked.filter((action) => named.has(action.key) && makesTable(action));
  const undeclared = new Set(
    picked
      .filter(({ key }) => !named.has(key))
      .flatMap(readsOf)
      .filter((key) => !made.has(key) && !declared.has(key)),
  );
  const all: Pulled[] = [
    ...sources.map((action): Pulled => ({ id: relationOf(action, manifest.homeProject), as: "source" })),
    ...[...undeclared].sort().map((key): Pulled => ({ id: idOf(key), as: "undeclared" })),
    ...models.map((action): Pulled => ({ id: relationOf(action, manifest.homeProject), as: "model" })),
  ];
  const { stateDataset } = session.settings;
  const pulled = all.filter(({ id }) => id.dataset !== stateDataset);
  if (pulled.length > 0) return pulled;
  throw new UserError(
    all.length === 0
      ? nothing(selection, picked)
      : `${all.map(({ id }) => relationKey(id)).join(", ")} lies in ${stateDataset}, the dataset of the runner's own tables, which are each warehouse's own`,
  );
}

/** The same without what widens it. */
function narrowed(selection: Selection): Selection {
  if (selection.includeDependencies || selection.includeDependents) return EVERYTHING;
  const widens = (selector: string) => selector.split(",").some((part) => /^\s*[+@]|\+\s*$/.test(part));
  return { ...selection, select: selection.select.filter((selector) => !widens(selector)) };
}

function nothing({ select, actions, tags }: Selection, picked: readonly ManifestAction[]): string {
  const asked = [...select, ...actions, ...tags].join(" ");
  if (asked === "") return "the project reads no sources; there is nothing to pull";
  const view = picked.find(({ type }) => type === "view");
  if (view !== undefined)
    return `${asked} has no tables to pull: ${view.key} is a view, which 'fastbreak run' makes here; give +${view.key} for the sources behind it`;
  return `${asked} has no sources and no tables to pull; give +NAME for the sources behind a model`;
}

function makesTable({ type, hasOutput, disabled }: ManifestAction): boolean {
  return !disabled && (type === "table" || type === "incremental" || (type === "operation" && hasOutput));
}

/** Keys of the relations that an action reads, patterns with a star among them. */
function readsOf({ reads, incremental, hiddenReads, wildcards }: Manifest["actions"][number]): readonly string[] {
  const keys = [...reads, ...(incremental?.reads ?? [])].map(({ key }) => key).concat(hiddenReads, wildcards);
  return keys.filter((key) => key.includes(".") && !key.endsWith(")") && !isSystemTable(key));
}

function idOf(key: string): RelationId {
  const dot = key.lastIndexOf(".");
  return { dataset: key.slice(0, dot), name: key.slice(dot + 1) };
}

/** An action of the manifest as selectors see it. */
export function selectableOf({ key, target, fileName, tags, dependencies, sources }: ManifestAction): Selectable {
  return { key, name: target.name, fileName, tags, dependencies, sourceFiles: sources.files };
}
