import type { ContextRow, FeatureRow, GameRow } from "../../test/predictions-rig.js";

export const DATES: readonly string[];
export const MODEL: {
  readonly model_id: string;
  readonly data_through: string;
  readonly base_score: string;
  readonly weights: readonly string[];
  readonly nodes: readonly (readonly (string | number | null)[])[];
};
export function predictionCases(): {
  readonly features: readonly FeatureRow[];
  readonly context: readonly ContextRow[];
  readonly games: readonly GameRow[];
};
export const RESULT_QUERY: string;
