/** Project variables (`--var name=value`) that change what Phase 4 builds. All are optional. */

const { vars } = dataform.projectConfig;

/** The variable as true or false. */
function flag(name, otherwise) {
  const value = vars[name];
  if (value === undefined || value === "") return otherwise;
  if (value === "true" || value === "false") return value === "true";
  throw new Error(`variable ${name} must be true or false, not "${value}"`);
}

/** The variable as a number. */
function number(name, otherwise) {
  const value = vars[name];
  if (value === undefined || value === "") return otherwise;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new Error(`variable ${name} must be a number, not "${value}"`);
}

/** The days in `D-1`; undefined without the variable. Older rows than those of the day before are never taken. */
function dayBefore(name) {
  const value = vars[name];
  if (value === undefined || value === "") return undefined;
  if (value === "D-1") return 1;
  throw new Error(`variable ${name} must be D-1, not "${value}": only features of the day before may be used again`);
}

// Read when used, so that a wrong value is reported where it is used.
module.exports = {
  /** Build the feature store as if no Phase 4 table had rows. */
  get forcePhase3Fallback() {
    return flag("force_phase3_fallback", false);
  },
  /** Fail when a Phase 4 table has no rows for a date, instead of falling back. */
  get strict() {
    return flag("strict", false);
  },
  /** Read what Phase 4 has of the slate from ml_feature_store_base_mv, where it is already joined. */
  get storeReadsBaseMv() {
    return flag("store_reads_base_mv", false);
  },
  /** Read the form of the players from phase3_fallback_cache, where it is already computed. */
  get storeReadsFallbackCache() {
    return flag("store_reads_fallback_cache", false);
  },
  /** Last resort: copy the features of the day before. */
  get reuseFeaturesFrom() {
    return dayBefore("reuse_features_from");
  },
  /** The gate in front of the predictions: rows that a full slate needs, and the lowest quality. */
  get gateMinRows() {
    return number("gate_min_rows", 200);
  },
  get gateMinQuality() {
    return number("gate_min_quality", 75);
  },
  /** Fewer rows are needed when fewer players are on the slate. */
  get gateScaleLightSlate() {
    return flag("gate_scale_light_slate", true);
  },
};
