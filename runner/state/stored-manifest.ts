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
  const text = rows[0]?.manifest;
  return typeof text === "string" ? text : undefined;
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
    .flatMap(({ manifest }) => (typeof manifest === "string" ? [manifest] : []));
}

/** Keeps a manifest with the state, for runners that start with an empty disk. */
export async function storeManifest(
  transaction: Transaction,
  dataset: string,
  manifest: { readonly inputsDigest: string },
): Promise<void> {
  const row = {
    inputs_digest: manifest.inputsDigest,
    manifest: JSON.stringify(manifest),
    recorded_at: new Date().toISOString(),
  };
  await transaction.append({ dataset, name: TABLE }, COLUMNS, [row]);
}
