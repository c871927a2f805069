/** The engine has no table without columns: this one stands in one that has none yet, and nobody sees it. */
export const NO_COLUMNS = "__fastbreak_no_columns";
