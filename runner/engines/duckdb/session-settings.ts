/**
 * `TimeZone` and null order are GoogleSQL's. The optimizer that makes an aggregate of `QUALIFY ROW_NUMBER() OVER (..) = 1` fails on a
 * BETWEEN below it, as dates stand in what is read twice: "INTERNAL Error: Failed to cast expression to type". All hold for
 * every statement of the session.
 */
export const SESSION_SETTINGS =
  "SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'; SET disabled_optimizers = 'top_n_window_elimination'";
