/** `NUMERIC(5, 2)` or `STRING(10)`: what the parameters restrict. */
export interface TypeLimit {
  readonly precision: number;
  readonly scale: number;
}

/** What the parameters within a type restrict, in the shape of the type; undefined where nothing does. */
export type LimitTree =
  | { readonly kind: "scalar"; readonly limit: TypeLimit }
  | { readonly kind: "array"; readonly element: LimitTree }
  | { readonly kind: "struct"; readonly fields: readonly (LimitTree | undefined)[] };
