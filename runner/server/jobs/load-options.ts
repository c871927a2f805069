import { ApiError } from "../protocol/errors.js";
import { LOAD_OPTIONS, type LoadConfiguration } from "../requests/configuration.js";

/** Options that change nothing of what is loaded here, with the values for which that holds; undefined: with every value. */
const HARMLESS: Readonly<Record<string, ((value: unknown) => boolean) | undefined>> = {
  connectionProperties: undefined,
  destinationEncryptionConfiguration: undefined,
  fileSetSpecType: (value) => value === "FILE_SET_SPEC_TYPE_FILE_SYSTEM_MATCH",
  parquetOptions: (value) => isNothing((value as { readonly mapTargetType?: unknown }).mapTargetType),
};

/** @throws ApiError that names an option which is not obeyed */
export function requireKnownOptions(load: LoadConfiguration): void {
  for (const [name, value] of Object.entries(load)) {
    if (LOAD_OPTIONS.has(name) || isNothing(value)) continue;
    if (name in HARMLESS && HARMLESS[name]?.(value) !== false) continue;
    const path = `configuration.load.${name}`;
    const said = typeof value === "object" ? JSON.stringify(value) : String(value);
    throw new ApiError("invalid", `${path} = ${said} is not supported by the embedded engine`, path);
  }
}

/** As if nothing were said. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "" || value === "false") return true;
  if (typeof value === "string") return value.endsWith("_UNSPECIFIED");
  return typeof value === "object" && Object.values(value).every(isNothing);
}
