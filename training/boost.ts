import { Random } from "../ingest/sample/random.js";
import { fitBaseline } from "./baseline.js";
import { binColumns, type FeatureColumns } from "./bins.js";
import { growTree } from "./grow-tree.js";
import { type Baseline, type BoostedTrees, baselineOf, MAX_DEPTH, MICROS, type Tree, toMicros, walk } from "./model.js";

/** Rows to learn from or to judge on: feature columns in micros, and what really happened in whole units. */
export interface Dataset {
  readonly columns: FeatureColumns;
  readonly target: Float64Array;
}

export interface BoostOptions {
  readonly seed: number;
  readonly learningRate: number;
  readonly maxDepth: number;
  readonly minChildRows: number;
  readonly lambda: number;
  readonly minGain: number;
  /** Share of the rows, and of the features, that each tree sees. */
  readonly rowSample: number;
  readonly featureSample: number;
  readonly maxBins: number;
  readonly maxTrees: number;
  /** Stop when the validation error has not fallen for this many trees; only the trees up to its minimum are kept. */
  readonly patience: number;
}

/** Small, slow trees: the target is noisy (a player's points vary by about 6 around any forecast). */
export const DEFAULT_OPTIONS: BoostOptions = {
  seed: 42,
  learningRate: 0.05,
  maxDepth: 3,
  minChildRows: 40,
  lambda: 1,
  minGain: 0,
  rowSample: 0.7,
  featureSample: 0.6,
  maxBins: 64,
  maxTrees: 600,
  patience: 40,
};

export interface BoostResult {
  readonly model: BoostedTrees;
  /** Mean absolute error on the training and on the validation rows after each kept tree; index 0 is the base score alone. */
  readonly history: readonly { readonly training: number; readonly validation: number }[];
  /** Trees that were grown before training stopped. */
  readonly grown: number;
}

/**
 * Gradient boosting for the absolute error (Friedman 2001, LAD_TreeBoost), from a linear baseline of the player's averages:
 * trees fit the signs of the residuals, each leaf
 * adds the median residual of its rows, times the learning rate. The absolute error is what predictions are judged by, and its
 * minimum, the median, is what a line splits evenly.
 *
 * Equal data, options and seed give an equal model on every machine: randomness comes from the seed alone, leaf values and
 * predictions are whole micros.
 *
 * @param validation later rows, only used to decide when to stop
 * @throws RangeError for options or data that cannot work
 */
export function boost(training: Dataset, validation: Dataset, options: BoostOptions): BoostResult {
  check(training, validation, options);
  const random = new Random(options.seed, "boost");
  const bins = binColumns(training.columns, options.maxBins);
  const baseline = fitBaseline(training.columns, training.target);
  const fit = new Fit(training, baseline);
  const judge = new Fit(validation, baseline);
  const baseScore = toMicros(median(fit.residuals(allRows(fit.length))));
  fit.shift(baseScore);
  judge.shift(baseScore);
  const trees: Tree[] = [];
  const history = [{ training: fit.meanAbsoluteError(), validation: judge.meanAbsoluteError() }];
  let best = 0;
  while (trees.length < options.maxTrees && trees.length - best < options.patience) {
    const tree = growTree(bins, sampleRows(fit.length, options.rowSample, random), fit.gradients(), {
      ...options,
      features: sampleFeatures(training.columns.length, options.featureSample, random),
      leafValue: (rows) => toMicros(options.learningRate * median(fit.residuals(rows))),
    });
    trees.push(tree);
    fit.add(tree);
    judge.add(tree);
    history.push({ training: fit.meanAbsoluteError(), validation: judge.meanAbsoluteError() });
    if ((history.at(-1)?.validation ?? 0) < (history[best]?.validation ?? 0)) best = trees.length;
  }
  return {
    model: { baseline, baseScore, trees: trees.slice(0, best) },
    history: history.slice(0, best + 1),
    grown: trees.length,
  };
}

/** A dataset with the ensemble's predictions so far, in micros. */
class Fit {
  readonly #predictions: Float64Array;

  constructor(
    readonly data: Dataset,
    baseline: Baseline,
  ) {
    this.#predictions = data.target.map((_, row) =>
      baselineOf(baseline, (feature) => data.columns[feature]?.[row] as number),
    );
  }

  /** Adds the same to every prediction. */
  shift(micros: number): void {
    for (let row = 0; row < this.length; row++) this.#predictions[row] = (this.#predictions[row] as number) + micros;
  }

  get length(): number {
    return this.data.target.length;
  }

  /** First derivative of the absolute error. */
  gradients(): Float64Array {
    return this.data.target.map((target, row) => Math.sign((this.#predictions[row] as number) - target * MICROS));
  }

  residuals(rows: Uint32Array): number[] {
    return Array.from(rows, (row) => (this.data.target[row] as number) - (this.#predictions[row] as number) / MICROS);
  }

  add(tree: Tree): void {
    const { columns } = this.data;
    for (let row = 0; row < this.length; row++) {
      const leaf = walk(tree, (feature) => columns[feature]?.[row] as number);
      this.#predictions[row] = (this.#predictions[row] as number) + leaf;
    }
  }

  meanAbsoluteError(): number {
    let sum = 0;
    for (let row = 0; row < this.length; row++) {
      sum += Math.abs((this.#predictions[row] as number) - (this.data.target[row] as number) * MICROS);
    }
    return sum / this.length / MICROS;
  }
}

/** The middle value, or the mean of the two middle ones. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}

function allRows(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

/** Each row with the given probability; never none. */
function sampleRows(count: number, share: number, random: Random): Uint32Array {
  const rows = allRows(count).filter(() => random.chance(share));
  return rows.length > 0 ? rows : Uint32Array.of(0);
}

function sampleFeatures(count: number, share: number, random: Random): number[] {
  const features = random.shuffle(Array.from({ length: count }, (_, feature) => feature));
  return features.slice(0, Math.max(1, Math.round(count * share))).sort((a, b) => a - b);
}

function check(training: Dataset, validation: Dataset, options: BoostOptions): void {
  for (const [name, { columns, target }] of Object.entries({ training, validation })) {
    if (target.length === 0) throw new RangeError(`there are no ${name} rows`);
    if (columns.some((column) => column.length !== target.length))
      throw new RangeError(`the ${name} columns differ in length`);
  }
  if (!(options.maxDepth >= 1 && options.maxDepth <= MAX_DEPTH))
    throw new RangeError(`maxDepth must be from 1 to ${MAX_DEPTH}, which is as far as the scorer walks`);
  if (!(options.maxBins >= 2 && options.maxBins <= 256)) throw new RangeError("maxBins must be from 2 to 256");
}
