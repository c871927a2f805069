import type { Spec } from "./spec.js";

/** A model that passes on what it reads, date by date. */
export function plainSpec(name: string, input: string, changes: Partial<Spec> = {}): Spec {
  return {
    name,
    kind: "incremental",
    inputs: [{ name: input, back: 0, ahead: 0, literal: false }],
    star: false,
    accumulation: undefined,
    split: true,
    version: 0,
    modulus: 1009,
    keyed: false,
    wide: false,
    texts: false,
    forecast: 0,
    before: undefined,
    after: undefined,
    calls: undefined,
    output: undefined,
    skippable: false,
    warns: false,
    volatile: false,
    disabled: false,
    broken: false,
    comment: 0,
    ...changes,
  };
}
