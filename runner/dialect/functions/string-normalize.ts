import type { CallExpr } from "../ast.js";
import { analysisError, unsupported } from "../errors.js";
import { derive, type Typed } from "../types/typed.js";
import type { CallContext } from "./definition.js";

/** `NORMALIZE(text[, NFC])`; DuckDB knows no other form. */
export function normalize(call: CallExpr, context: CallContext): Typed {
  const [text, form] = call.args.map((argument) => argument.value);
  if (text === undefined || call.args.length > 2) {
    throw analysisError(
      "No matching signature for function NORMALIZE. Supported signature: NORMALIZE(STRING, [NORMALIZE_MODE])",
      call,
    );
  }
  const mode = form === undefined ? "NFC" : form.kind === "path" ? (form.parts[0]?.name ?? "").toUpperCase() : "";
  if (mode !== "NFC") throw unsupported(`NORMALIZE mode ${mode}`, form ?? call);
  const value = context.resolveAs(text, "STRING");
  return derive(`nfc_normalize(${value.sql})`, "STRING", { start: call.start, end: call.end }, [value]);
}
