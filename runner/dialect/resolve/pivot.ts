import type { FromItem } from "../ast.js";
import { unsupported } from "../errors.js";
import type { FromContext, ResolvedFrom } from "./from.js";

export function resolvePivot(item: Extract<FromItem, { kind: "pivot" }>, _from: FromContext): ResolvedFrom {
  throw unsupported("PIVOT", item);
}

export function resolveUnpivot(item: Extract<FromItem, { kind: "unpivot" }>, _from: FromContext): ResolvedFrom {
  throw unsupported("UNPIVOT", item);
}
