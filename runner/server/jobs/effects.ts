import { parseStatementText } from "../../googlesql/parser/statement.js";
import type { JobStatement } from "../../port/sql-jobs.js";
import type { Catalogue } from "../catalog/service.js";
import type { Kept } from "../metadata/store.js";

/** Keeps what is known besides the warehouse in step with what a statement has done to it. */
export async function noteStatement(catalogue: Catalogue, statement: JobStatement): Promise<void> {
  const { kind, target, operation } = statement;
  if (target === undefined || target.dataset === "_SESSION" || kind === "SELECT" || kind === "CALL") return;
  const { dataset, name } = target;
  const id = name === "" ? dataset : `${dataset}.${name}`;
  const { store, times } = catalogue;
  if (operation === "SKIP") return;
  if (kind === "DROP_SCHEMA") {
    await store.removeDataset(dataset);
    times.forget(dataset);
    return;
  }
  const isRoutine = /FUNCTION|PROCEDURE/.test(kind);
  const of = isRoutine ? "routine" : "table";
  if (kind.startsWith("DROP_")) await store.remove(of, id);
  else if (kind.startsWith("CREATE_") && name !== "") {
    const kept = keptOf(statement);
    if (kept !== undefined) await store.set(of, id, kept);
    else if (Object.keys(store.get(of, id)).length > 0) await store.remove(of, id);
    times.made(id);
  }
  const renamed = kind === "ALTER_TABLE" ? renamedTo(statement.text) : undefined;
  if (renamed !== undefined) {
    const kept = store.get("table", id);
    await store.remove("table", id);
    if (Object.keys(kept).length > 0) await store.set("table", `${dataset}.${renamed}`, kept);
    times.touch(`${dataset}.${renamed}`);
  }
  times.touch(id);
}

/** What a CREATE statement says that the warehouse does not keep: the text of a view's query. */
function keptOf({ kind, text }: JobStatement): Kept | undefined {
  if (kind !== "CREATE_VIEW" && kind !== "CREATE_MATERIALIZED_VIEW") return undefined;
  const statement = parseStatementText(text);
  if (statement.kind !== "createView") return undefined;
  const query = text.slice(statement.query.start, statement.query.end);
  const created = Date.now();
  return kind === "CREATE_VIEW"
    ? { created, view: { query, useLegacySql: false } }
    : { created, materializedView: { query, enableRefresh: true } };
}

function renamedTo(text: string): string | undefined {
  const statement = parseStatementText(text);
  if (statement.kind !== "changeTable") return undefined;
  for (const change of statement.changes) if (change.kind === "renameTable") return change.to.name;
  return undefined;
}
