import { type FindTable, type FollowedQuery, followedQuery, type TableUse } from "../googlesql/locality/index.js";
import { quoteIdentifier } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import type { Upstream } from "../graph/node.js";
import { digestedColumns, inputName } from "../observe/inputs.js";
import { digestText } from "../port/digest-text.js";
import { type KeySlices, SLICES_VERSION, type SliceRequest, sliceTest } from "../port/key-slices.js";
import { type Relation, relationKey, relationNamed } from "../port/port.js";
import { collationOf, isSameName } from "../port/sql-types.js";
import { type ComposedQuery, composeAround } from "./compose.js";
import { canBeSplit } from "./shards.js";

/** An input of which rows of other keys have no part in the rows of a key. */
export interface SlicedInput {
  readonly upstream: Upstream;
  readonly relation: Relation;
  /** The column of its keys. */
  readonly column: string;
  /** The columns that make its fingerprint. */
  readonly columns: readonly string[];
  /** Columns that rows of any key see; undefined: none do. */
  readonly seen: readonly string[] | undefined;
  /** Stands for all of this. */
  readonly question: string;
}

/** Asks for the slices of an input. */
export function sliceRequest({ relation, columns, column, seen }: SlicedInput): Omit<SliceRequest, "partitions"> {
  return { relation, columns, key: column, seen };
}

/** A model whose rows can be told apart by a key, and whose query says which rows of which inputs they are made of. */
export interface SlicedModel {
  readonly key: string;
  readonly inputs: readonly SlicedInput[];
  readonly query: ComposedQuery;
  readonly followed: FollowedQuery;
}

/**
 * Looks for the column of a model's unique key by which most of its inputs are told apart.
 * @param query what builds the model, as composed
 * @returns undefined where nobody knows which rows depend on which
 */
export function slicedModel(
  action: RunnableAction,
  query: ComposedQuery,
  relations: ReadonlyMap<string, Relation>,
): SlicedModel | undefined {
  const { partitionColumn, uniqueKey } = action;
  const keys = uniqueKey.filter((name) => !isSameName(name, partitionColumn));
  if (!canBeSplit(action) || keys.length === 0) return undefined;
  const followed = followedQuery(query.text, tablesOf(relations));
  if (followed === undefined) return undefined;
  const models = keys
    .filter((key) => followed.hasKey(key))
    .map((key): SlicedModel => ({ key, inputs: inputsBy(action, followed.usesOf(key), relations), query, followed }));
  const [best] = models.sort((a, b) => b.inputs.length - a.inputs.length);
  return best !== undefined && best.inputs.length > 0 ? best : undefined;
}

/** Tables of which every column that a query can name is known. */
function tablesOf(relations: ReadonlyMap<string, Relation>): FindTable {
  return (path) => {
    const relation = relationNamed(relations, path);
    if (relation?.kind !== "table" || relation.ingestion !== undefined || relation.foreignColumns.length > 0)
      return undefined;
    const columns = relation.columns.map((column) => {
      const isKey = column.type === "INT64" || (column.type === "STRING" && collationOf(column) === undefined);
      return { name: column.name, type: isKey ? (column.type as "INT64" | "STRING") : undefined };
    });
    return { table: relationKey(relation.id), columns };
  };
}

function inputsBy(
  { node }: RunnableAction,
  uses: readonly TableUse[],
  relations: ReadonlyMap<string, Relation>,
): SlicedInput[] {
  return node.upstreams.flatMap((upstream): SlicedInput[] => {
    const relation = relations.get(upstream.key);
    const own = uses.filter(({ place }) => place.table === upstream.key);
    const [column, ...others] = new Set(own.flatMap(({ keyedBy }) => keyedBy ?? []));
    if (relation === undefined || column === undefined || others.length > 0) return [];
    const whole = own.filter(({ keyedBy }) => keyedBy === undefined);
    const seen = whole.length === 0 ? undefined : [...new Set(whole.flatMap((use) => [...use.columns]))].sort();
    const columns = digestedColumns(relation, upstream);
    const question = digestText(
      JSON.stringify([SLICES_VERSION, inputName(relation, upstream), columns, column, seen ?? null]),
    );
    return [{ upstream, relation, column, columns, seen, question }];
  });
}

/** The rows of some slices: what these do not need is left out as early as anybody knows. */
export function composeSlices({ query, followed, key }: SlicedModel, { slices }: KeySlices): ComposedQuery {
  const restricted = query.wrapped(
    followed.keyedPlaces(key).map(({ place, column }) => {
      const alias = place.impliedAlias === undefined ? "" : ` AS ${quoteIdentifier(place.impliedAlias)}`;
      const test = sliceTest(`${ROWS}.${quoteIdentifier(column)}`, slices);
      return {
        start: place.start,
        end: place.end,
        before: "(SELECT * FROM ",
        behind: ` AS ${ROWS} WHERE ${test})${alias}`,
      };
    }),
  );
  return composeAround("SELECT * FROM (\n", restricted, `\n) WHERE ${sliceTest(quoteIdentifier(key), slices)}`);
}

const ROWS = quoteIdentifier("_fastbreak_slice");
