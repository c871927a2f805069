/**
 * The five prediction systems (docs/prediction-systems.md) in the order in which the ensemble takes them.
 *
 * `pass` says when a system recommends nothing: confidence 0-100 and distance to the line in points. `strict` systems pass at
 * the limits too. A system with `active: false` is not attempted.
 */
const SYSTEMS = [
  {
    id: "moving_average_v1",
    name: "Moving average",
    type: "baseline",
    version: "v1",
    active: true,
    champion: false,
    pass: { confidence: 45, edge: "2.0", strict: true },
  },
  {
    id: "zone_matchup_v1",
    name: "Zone matchup",
    type: "rule_based",
    version: "v1",
    active: true,
    champion: false,
    pass: { confidence: 45, edge: "2.0", strict: true },
  },
  {
    id: "similarity_balanced_v1",
    name: "Similar games",
    type: "similarity_based",
    version: "v1",
    active: true,
    champion: false,
    pass: { confidence: 65, edge: "2.0", strict: false },
  },
  {
    id: "xgboost_v1",
    name: "Gradient-boosted trees",
    type: "ml",
    version: "v1",
    active: true,
    champion: false,
    pass: { confidence: 60, edge: "1.5", strict: false },
  },
  {
    id: "ensemble_v1",
    name: "Ensemble",
    type: "ensemble",
    version: "v1",
    active: true,
    champion: true,
    pass: { confidence: 65, edge: "1.5", strict: false },
  },
];

const ENSEMBLE = "ensemble_v1";

/** Systems that predict from features and history alone. */
const BASE_SYSTEMS = SYSTEMS.filter(({ id }) => id !== ENSEMBLE);

/** A system by its id. */
function system(id) {
  const found = SYSTEMS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`there is no prediction system ${id}`);
  return found;
}

/** Whether a system is not attempted. */
function isOff(id) {
  return !system(id).active;
}

/**
 * Labels of every system: its circuit opens after five failures in a row, for half an hour, and closes after two successes
 * (docs/predictions.md); its table has the columns of prediction_system_shape even when its query is wrong.
 */
const SYSTEM_LABELS = {
  breaker_threshold: "5",
  breaker_timeout_seconds: "1800",
  breaker_successes: "2",
  columns_like: "prediction_system_shape",
};

/** Labels that tell the runner to go on without systems that failed. */
function softLabels(list) {
  return Object.fromEntries(list.filter(({ active }) => active).map(({ id }) => [`soft_dependency__${id}`, "true"]));
}

/** The condition under which a system recommends nothing although there is a line. Confidence is 0-100. */
function passes({ pass }, confidence, edge) {
  return pass.strict
    ? `${confidence} <= ${pass.confidence} OR ABS(${edge}) <= NUMERIC '${pass.edge}'`
    : `${confidence} < ${pass.confidence} OR ABS(${edge}) < NUMERIC '${pass.edge}'`;
}

module.exports = { SYSTEMS, BASE_SYSTEMS, ENSEMBLE, SYSTEM_LABELS, isOff, softLabels, passes };
