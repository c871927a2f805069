import type { TableChange } from "./script-ast.js";

/** A column under its name from before a statement, and its name behind it; undefined: it is gone. */
export interface RenamedColumn {
  readonly column: string;
  readonly to: string | undefined;
}

/** What becomes of the columns that a statement renames and drops: each change sees the names that those before it have left. */
export function renamedColumns(changes: readonly TableChange[]): readonly RenamedColumn[] {
  let renamed: readonly RenamedColumn[] = [];
  for (const change of changes) {
    if (change.kind !== "renameColumn" && change.kind !== "dropColumn") continue;
    const to = change.kind === "renameColumn" ? change.to.name : undefined;
    const own = renamed.find((one) => isName(one.to, change.name.name));
    renamed = [...renamed.filter((one) => one !== own), { column: own?.column ?? change.name.name, to }];
  }
  return renamed;
}

const isName = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
