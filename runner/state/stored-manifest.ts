import { gunzipSync, gzipSync } from "node:zlib";
import type { Observation, Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";

const TABLE = "manifests";
const COLUMNS: readonly Column[] = [
  { name: "inputs_digest", type: "STRING" },
  { name: "manifest", type: "STRING" },
  { name: "recorded_at", type: "TIMESTAMP" },
];

/** The text of the manifest that the last compiling run left; undefined: none. */
export async function readStoredManifest(transaction: Observation, dataset: string): Promise<string | undefined> {
  const rows = await transaction.latestRows({
    table: { dataset, name: TABLE },
    columns: ["manifest"],
    key: [],
    newestBy: ["recorded_at"],
  });
  return unpacked(rows[0]?.manifest);
}

/** The texts of the newest manifests, newest first. */
export async function readManifestHistory(transaction: Observation, dataset: string): Promise<readonly string[]> {
  const rows = await transaction.latestRows({
    table: { dataset, name: TABLE },
    columns: ["manifest", "recorded_at"],
    key: ["inputs_digest"],
    newestBy: ["recorded_at"],
  });
  return [...rows]
    .sort((a, b) => (String(a.recorded_at) < String(b.recorded_at) ? 1 : -1))
    .flatMap(({ manifest }) => unpacked(manifest) ?? []);
}

/** A longer one would not go into a statement of BigQuery, which takes 1 MiB; it is kept on the disk alone. */
const MOST_CHARACTERS = 900_000;

/** Keeps a manifest with the state, for runners that start with an empty disk. */
export async function storeManifest(
  transaction: Transaction,
  dataset: string,
  manifest: { readonly inputsDigest: string },
): Promise<void> {
  const packed = gzipSync(JSON.stringify(manifest)).toString("base64");
  if (packed.length > MOST_CHARACTERS) return;
  const row = {
    inputs_digest: manifest.inputsDigest,
    manifest: packed,
    recorded_at: new Date().toISOString(),
  };
  await transaction.append({ dataset, name: TABLE }, COLUMNS, [row]);
}

/** The text of a manifest, which earlier releases have kept as it is; undefined: nobody can read it, so that the project is compiled. */
function unpacked(stored: unknown): string | undefined {
  if (typeof stored !== "string") return undefined;
  if (stored.startsWith("{")) return stored;
  try {
    return gunzipSync(Buffer.from(stored, "base64")).toString("utf8");
  } catch {
    return undefined;
  }
}
