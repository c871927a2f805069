import { Buffer } from "node:buffer";
import type { CompileRequest, ProjectOverrides } from "./protocol.js";

/**
 * What core takes for the project's folder. It looks for the folder's name in the stack to find the file that defines an action, so
 * no file of the runner may lie there, as it would where the runner is installed in the project.
 */
export const CORE_PROJECT_DIR = "/dataform-project";

/**
 * The `CoreExecutionRequest` that `main` of @dataform/core takes, in base64. Field numbers are those of core.proto, which
 * ships inside the package: request.compile = 1, compile_config = 1, project_dir = 1, project_config_override = 3,
 * file_paths = 8.
 */
export function encodeCoreRequest(request: CompileRequest): string {
  const config = Buffer.concat([
    text(1, CORE_PROJECT_DIR),
    bytes(3, encodeProjectConfig(request.overrides)),
    ...request.filePaths.map((path) => text(8, path)),
  ]);
  return bytes(1, bytes(1, config)).toString("base64");
}

const STRING_FIELDS = {
  defaultSchema: 2,
  assertionSchema: 5,
  schemaSuffix: 7,
  defaultDatabase: 9,
  tablePrefix: 11,
  databaseSuffix: 15,
  defaultLocation: 16,
  defaultReservation: 21,
} as const;
const VARS_FIELD = 14;
const DISABLE_ASSERTIONS_FIELD = 20;

function encodeProjectConfig(overrides: ProjectOverrides): Buffer {
  const parts: Buffer[] = [];
  for (const [name, field] of Object.entries(STRING_FIELDS)) {
    const value = overrides[name as keyof typeof STRING_FIELDS];
    if (value !== undefined) parts.push(text(field, value));
  }
  for (const [key, value] of Object.entries(overrides.vars ?? {})) {
    parts.push(bytes(VARS_FIELD, Buffer.concat([text(1, key), text(2, value)])));
  }
  if (overrides.disableAssertions !== undefined) {
    parts.push(varint(DISABLE_ASSERTIONS_FIELD << 3), varint(overrides.disableAssertions ? 1 : 0));
  }
  return Buffer.concat(parts);
}

const LENGTH_DELIMITED = 2;

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value, "utf8"));
}

function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | LENGTH_DELIMITED), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Buffer.from(out);
}
