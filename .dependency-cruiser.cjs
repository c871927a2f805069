// The direction of imports (docs/architecture.md): a room imports only rooms below it and beside it. npm run check proves it.

/** The rooms of runner/, the highest first; what stands in one line stands beside each other. */
const FLOORS = [
  ["commands", "api"],
  ["report"],
  ["session"],
  ["execute", "gate", "alerts", "verify", "diff", "check", "unit-tests", "migrate"],
  ["decide", "infer"],
  ["observe"],
  ["project"],
  ["state"],
  ["plan"],
  ["graph", "events"],
  ["server"],
  ["engines"],
  ["dialect"],
  ["googlesql"],
  ["port", "fence"],
];

const rooms = (floors) => `^runner/(${floors.flat().join("|")})/`;
/** Tests and what only they use may look at anything. */
const TESTS = "\\.test\\.ts$|/test-support/|/testing/|/fuzz/";

const upward = FLOORS.slice(1).map((floor, index) => ({
  name: `${floor.join("-")}-imports-only-what-is-below`,
  comment: "An import points up; move what is shared down, or hand it over as an argument.",
  severity: "error",
  from: { path: rooms([floor]) },
  to: { path: rooms(FLOORS.slice(0, index + 1)) },
}));

module.exports = {
  forbidden: [
    ...upward,
    {
      name: "every-room-has-a-floor",
      comment: "A new room of runner/ must be entered in the list of floors.",
      severity: "error",
      from: { path: "^runner/[^/]+/", pathNot: rooms(FLOORS) },
      to: {},
    },
    {
      name: "no-circle-of-rooms",
      comment: "Two rooms import each other; one of them holds what belongs into the other.",
      severity: "error",
      scope: "folder",
      from: { path: "^runner/([^/]+)$" },
      to: { circular: true, pathNot: "^runner/$1/" },
    },
    {
      name: "no-circle-of-folders",
      comment: "Two folders import each other, and neither stands in the other.",
      severity: "error",
      scope: "folder",
      from: { path: "^runner/(.+)/([^/]+)$" },
      to: { circular: true, pathNot: ["^runner/$1$", "^runner/$1/$2/"] },
    },
    {
      name: "dialect-only-for-duckdb",
      comment: "Only the embedded engine translates; everybody else asks the engine.",
      severity: "error",
      from: { path: "^runner/", pathNot: ["^runner/(dialect|engines/duckdb)/"] },
      to: { path: "^runner/dialect/" },
    },
    {
      name: "engines-through-the-registry",
      severity: "error",
      from: { path: "^runner/", pathNot: ["^runner/engines/", "^runner/api/(translate|embedded)\\.ts$"] },
      to: { path: "^runner/engines/[^/]+/" },
    },
    {
      name: "others-import-only-the-library",
      comment: "Loaders, the trainer and the benches are what anybody could write outside of this repository.",
      severity: "error",
      from: { path: "^(ingest|training|bench)/" },
      to: { path: "^runner/", pathNot: "^runner/api/(index|loader|embedded)\\.ts$" },
    },
    {
      name: "the-loader-contract-is-light",
      comment: "A loader that imports the contract must not load the runner with it.",
      severity: "error",
      from: { path: "^runner/api/loader\\.ts$" },
      to: { path: "^runner/", pathNot: "^runner/port/" },
    },
    {
      name: "no-development-packages",
      comment:
        "fastify is bundled whole: installed beside us, the newest of a package below it would refuse the oldest Node that we run on.",
      severity: "error",
      from: { path: "^(runner|ingest|training)/", pathNot: ["^runner/project/settings-json-schema\\.ts$"] },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"], pathNot: "node_modules/fastify/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^(dist|node_modules)/", TESTS, "/build\\.mjs$"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
