/** Flags that the Dataform CLI has and fastbreak has not, and what to do instead. */
export const MISSING_DATAFORM_FLAGS: Readonly<Record<string, string>> = {
  "emit-lineage": "lineage is not emitted",
  "execution-timeout": "a run may be ended at any moment, as by timeout(1), and leaves nothing half done",
  watch: "call it again after a change",
  dot: "the graph is printed as JSON, with --json",
  quiet: "the graph is printed as JSON, with --json",
  verbose: "the graph is printed as JSON, with --json",
  "output-actions": "the whole graph is printed",
  "output-tags": "the whole graph is printed",
  "output-include-deps": "the whole graph is printed",
  "output-include-dependents": "the whole graph is printed",
};
