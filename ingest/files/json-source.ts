import { LoadError } from "../../runner/api/loader.js";
import { flattenOdds } from "./json-odds.js";
import type { SourceRecord, SourceTable } from "./source-table.js";
import { type Content, decode } from "./unpack.js";

export type JsonObject = { readonly [name: string]: JsonValue };
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** How a nested field is named: that of its parents before it. */
const SEPARATOR = "_";

/**
 * Opens JSON or JSON lines as tables: the result sets of stats.nba.com, the league schedule, a game's actions, the events
 * of The Odds API, the offers of BettingPros, or any list of objects. Nested fields are named `parent_field`.
 * @throws LoadError if it is not valid JSON.
 */
export function openJson(content: Content): SourceTable[] {
  const text = decode(content);
  const isLines = /\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(content.path);
  const documents = isLines ? jsonLines(content.path, text) : [jsonDocument(content.path, text)];
  const tables = documents.length > 1 ? [documents as readonly JsonObject[]] : documents.flatMap(tablesOf);
  return tables.map((rows) => asTable(content, rows));
}

function jsonDocument(path: string, text: string): JsonValue {
  try {
    return JSON.parse(text.replace(/^\ufeff/, "")) as JsonValue;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new LoadError(path, undefined, undefined, `not valid JSON (${detail}); fetch it again`);
  }
}

function jsonLines(path: string, text: string): JsonValue[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line.replace(/^\ufeff/, "")) as JsonValue];
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new LoadError(path, index + 1, undefined, `not valid JSON (${detail}); fetch it again`);
    }
  });
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : [];
}

/** The tables of a document, each as rows. */
function tablesOf(document: JsonValue): (readonly JsonObject[])[] {
  const odds = flattenOdds(document);
  if (odds !== undefined) return odds;
  if (Array.isArray(document)) return [listOf(document)];
  if (!isObject(document)) return [];
  const sets = document.resultSets ?? document.resultSet;
  if (sets !== undefined) return (Array.isArray(sets) ? listOf(sets) : [sets].filter(isObject)).map(resultSetRows);
  if (isObject(document.leagueSchedule)) {
    return [listOf(document.leagueSchedule.gameDates).flatMap((day) => listOf(day.games))];
  }
  if (isObject(document.game)) {
    const gameId = document.game.gameId ?? null;
    return [listOf(document.game.actions).map((action) => ({ gameId, ...action }))];
  }
  // An envelope of any other kind: its lists of objects.
  return Object.values(document)
    .map(listOf)
    .filter((rows) => rows.length > 0);
}

/** A result set of stats.nba.com: headers once, then rows as lists. */
function resultSetRows(set: JsonObject): readonly JsonObject[] {
  const headers = Array.isArray(set.headers) ? (set.headers as readonly JsonValue[]).map(String) : [];
  const rows = Array.isArray(set.rowSet) ? (set.rowSet as readonly JsonValue[]) : [];
  return rows.map((row) =>
    Object.fromEntries(headers.map((name, index) => [name, (Array.isArray(row) ? row[index] : null) ?? null])),
  );
}

function asTable({ path, name, modifiedAt }: Content, rows: readonly JsonObject[]): SourceTable {
  const flat = rows.map((row) => flatten(row));
  const header = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  async function* records(): AsyncGenerator<SourceRecord> {
    for (const [index, row] of flat.entries()) {
      yield { cells: header.map((column) => row.get(column) ?? ""), line: index + 1, raw: undefined };
    }
  }
  return { path, name, header, modifiedAt, records };
}

function flatten(row: JsonObject, prefix = "", into = new Map<string, string>()): Map<string, string> {
  for (const [name, value] of Object.entries(row)) {
    if (isObject(value)) flatten(value, `${prefix}${name}${SEPARATOR}`, into);
    else if (value !== null && !Array.isArray(value)) into.set(`${prefix}${name}`, String(value));
  }
  return into;
}
