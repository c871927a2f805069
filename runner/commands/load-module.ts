import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Batches, LoaderModule, LoaderResult, StoredRows, TableBatch } from "../api/loader.js";
import { UserError } from "../graph/user-error.js";
import { EngineError } from "../port/engine-error.js";
import type { RowObject } from "../port/port.js";
import { suggestion } from "../project/settings.js";
import type { Place } from "../session/place.js";

/** What a loader's own code threw; exit code 1, because nobody at the command line can have caused it. */
export class LoaderFailure extends Error {
  override readonly name = "LoaderFailure";
}

/** A loader that the project names, ready to be called; whatever its code throws is a `LoadError` or a `LoaderFailure`. */
export interface Loader {
  load(words: readonly string[], options: Readonly<Record<string, string>>): Promise<LoaderResult>;
}

/**
 * Imports a loader of the project.
 * @throws UserError when the settings name none of this name, or what they name is no loader
 */
export async function importLoader({ projectDir, settings: { loaders } }: Place, name: string): Promise<Loader> {
  const path = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (path === undefined) {
    const names = Object.keys(loaders);
    const hint = names.length === 0 ? "; fastbreak.json names none under loaders" : suggestion(name, names);
    throw new UserError(`there is no loader ${name}${hint.replaceAll('"', "")}`);
  }
  const shown = `fastbreak.json: loaders.${name}`;
  const file = resolve(projectDir, path);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw new UserError(`${shown} is ${path}, which is a folder; name the loader's module`);
  if (stat === undefined)
    throw new UserError(`${shown} is ${path}, which does not exist; build it or correct the path`);
  const failed = (cause: unknown): Error => loaderError(`loader ${name} (${path})`, cause);
  let module: Partial<LoaderModule>;
  try {
    module = (await import(pathToFileURL(file).href)) as Partial<LoaderModule>;
  } catch (cause) {
    throw new UserError(`${shown} (${path}) cannot be loaded: ${lineOf(cause)}`);
  }
  const load = module.load;
  if (typeof load !== "function") throw new UserError(`${shown} (${path}) exports no function load`);
  return {
    async load(words, options) {
      let result: unknown;
      try {
        result = await load(words, options);
      } catch (cause) {
        throw failed(cause);
      }
      if (!isResult(result))
        throw failed(new Error("it returned no batches; see the loader contract in fastbreak/loader"));
      const { batches, notes = [], skipped = [], progress } = result;
      const rest = { notes, skipped, ...(typeof progress === "function" ? { progress } : {}) };
      if (typeof batches !== "function") return { batches: guardedBatches(batches, failed), ...rest };
      return { batches: (stored) => guardedBatches(made(batches, stored, failed), failed), ...rest };
    },
  };
}

function isResult(result: unknown): result is LoaderResult {
  if (typeof result !== "object" || result === null) return false;
  const { batches } = result as Partial<LoaderResult>;
  return typeof batches === "function" || isIterable(batches);
}

/** The batches that a loader makes from what is stored. */
function made(make: (stored: StoredRows) => Batches, stored: StoredRows, failed: (cause: unknown) => Error): Batches {
  let batches: Batches;
  try {
    batches = make(stored);
  } catch (cause) {
    throw failed(cause);
  }
  if (isIterable(batches)) return batches;
  throw failed(new Error("it returned no batches; see the loader contract in fastbreak/loader"));
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

async function* guardedBatches(batches: Batches, failed: (cause: unknown) => Error): AsyncGenerator<TableBatch> {
  for await (const batch of guarded(batches, failed)) {
    if (typeof batch?.table?.id?.name !== "string" || !isIterable(batch.rows))
      throw failed(new Error("a batch has no table or no rows; see the loader contract in fastbreak/loader"));
    yield { ...batch, rows: guardedRows(batch, failed) };
  }
}

async function* guardedRows({ table, rows }: TableBatch, failed: (cause: unknown) => Error): AsyncGenerator<RowObject> {
  for await (const row of guarded(rows, failed)) {
    if (typeof row !== "object" || row === null)
      throw failed(new Error(`a row of ${table.id.dataset}.${table.id.name} is no object`));
    yield row;
  }
}

/** The items of the loader's iterable; what it throws becomes an error of the loader, what its reader throws does not. */
async function* guarded<T>(
  items: AsyncIterable<T> | Iterable<T>,
  failed: (cause: unknown) => Error,
): AsyncGenerator<T> {
  let iterator: AsyncIterator<T> | Iterator<T>;
  try {
    iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  } catch (cause) {
    throw failed(cause);
  }
  try {
    for (;;) {
      let next: IteratorResult<T>;
      try {
        next = await iterator.next();
      } catch (cause) {
        throw failed(cause);
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function loaderError(loader: string, cause: unknown): Error {
  if (cause instanceof Error && (cause.name === "LoadError" || cause instanceof EngineError)) return cause;
  return new LoaderFailure(`${loader} failed: ${lineOf(cause)}`);
}

function lineOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause ?? "");
  return text.split("\n", 1)[0]?.trim() || "it gives no reason";
}
