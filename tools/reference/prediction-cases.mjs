// Hand-sized inputs of the prediction systems, the same for the reference implementation and for DuckDB.

/** A small linear congruential generator: the cases must be the same for ever. */
function generator(seed) {
  let state = seed;
  return (low, high, decimals) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Number((low + (state / 2 ** 32) * (high - low)).toFixed(decimals));
  };
}

/** Bounds and decimals of the 25 features. */
const RANGES = [
  [2, 34, 1],
  [2, 34, 1],
  [2, 32, 1],
  [1, 11, 2],
  [0, 5, 0],
  [0, 100, 0],
  [-10, 10, 1],
  [-3, 3, 1],
  [-3, 3, 1],
  [-2, 2, 0],
  [0, 3, 0],
  [-2, 2, 0],
  [-2, 2, 0],
  [100, 122, 2],
  [95, 106, 1],
  [0, 1, 0],
  [0, 1, 0],
  [0, 0, 0],
  [0, 0.7, 4],
  [0, 0.4, 4],
  [0, 0.7, 4],
  [0, 0.35, 4],
  [95, 106, 1],
  [100, 120, 2],
  [0.1, 0.9, 3],
];

export const DATES = ["2021-12-01", "2021-12-03"];

/** The model serves the second date only. */
export const MODEL = {
  model_id: "xgboost_v1_cases",
  data_through: "2021-12-02",
  base_score: "-0.512345",
  weights: ["0.209", "0.170", "0.623"],
  /** [tree, node, feature, threshold, left, right, leaf] */
  nodes: [
    [0, 0, 13, "111.255", 1, 2, null],
    [0, 1, null, null, null, null, "-0.123456"],
    [0, 2, 5, "62.5", 3, 4, null],
    [0, 3, null, null, null, null, "0.250001"],
    [0, 4, null, null, null, null, "0.654321"],
    [1, 0, 0, "15.05", 1, 2, null],
    [1, 1, null, null, null, null, "-0.000001"],
    [1, 2, null, null, null, null, "0.333333"],
  ],
};

/** Feature rows, context rows and played games of ten players. */
export function predictionCases() {
  const next = generator(20211201);
  const players = Array.from({ length: 10 }, (_, index) => `player${index}`);
  const features = [];
  const context = [];
  const games = [];
  for (const [index, player] of players.entries()) {
    for (const date of DATES) {
      features.push({
        player,
        date,
        features: RANGES.map(([low, high, decimals]) => next(low, high, decimals)),
        quality: next(75, 100, 2),
        daysRest: next(0, 4, 0),
        hash: `${date.replaceAll("-", "")}${String(index).padStart(8, "0")}`,
      });
      context.push({
        player,
        date,
        average: next(3, 30, 1),
        ...(index % 4 === 3 ? {} : { line: next(4, 30, 0) + 0.5 }),
      });
    }
    for (let game = 0; game < (index < 7 ? 14 : 4); game++) {
      const day = new Date(Date.UTC(2021, 9, 20 + 3 * game)).toISOString().slice(0, 10);
      if (day >= DATES[0]) break;
      const opponent = next(0, 3, 0);
      games.push({
        player,
        date: day,
        points: next(2, 40, 0),
        opponent: ["BOS", "MIA", "CHI", "NYK"][opponent],
        home: next(0, 1, 0) === 1,
        daysRest: next(0, 4, 0),
        // One for all players of the day: it is the opponent's.
        rating: 102 + ((7 * game + 5 * opponent) % 20) + 0.25,
      });
    }
  }
  return { features, context, games };
}

/** What is compared: one line per prediction. */
export const RESULT_QUERY = `SELECT CONCAT(
  CAST(game_date AS STRING), ' ', player_lookup, ' ', system_id, ' ', FORMAT('%.1f', predicted_points), ' ',
  FORMAT('%.2f', confidence_score), ' ', recommendation, ' ', IFNULL(ml_model_id, '-'), ' ', prediction_id, ' ',
  TO_JSON_STRING(warnings), ' ', TO_JSON_STRING(key_factors)
) AS line
FROM player_prop_predictions
ORDER BY 1`;
