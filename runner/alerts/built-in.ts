import { quoteKey } from "../googlesql/quote.js";
import type { AlertRule } from "../project/alert-settings.js";
import type { AlertQuestion } from "./find.js";

/** The query of a rule that the runner has itself, over its own tables; undefined: it finds nothing. */
export function builtInQuery(
  rule: AlertRule,
  { stateDataset, slowAfter }: Pick<AlertQuestion, "stateDataset" | "slowAfter">,
): string | undefined {
  const table = (name: string) => quoteKey(`${stateDataset}.${name}`);
  switch (rule.on) {
    case "open_breakers":
      return `SELECT processor_name AS subject, failure_count AS value,
        CONCAT('circuit of ', processor_name, ' is ', LOWER(REPLACE(state, '_', ' ')), ' after ', CAST(failure_count AS STRING), IF(failure_count = 1, ' failure', ' failures'), ' in a row; last: ', IFNULL(last_error_message, 'unknown')) AS message
        FROM ${table("circuit_breaker_state")} WHERE state != 'CLOSED'`;
    case "failed_models":
      return `SELECT model AS subject, COUNT(*) AS value,
        CONCAT(model, ' could not be built (', MIN(category), ', ', CAST(COUNT(*) AS STRING), ' partitions): ', MIN(reason)) AS message
        FROM ${table("model_failures")} WHERE category NOT IN ('MISSING_DEPENDENCY', 'CIRCUIT_BREAKER_ACTIVE') GROUP BY model`;
    case "quarantined_rows":
      return `SELECT assertion AS subject, MAX(rows_found) AS value,
        CONCAT(assertion, ' found ', CAST(MAX(rows_found) AS STRING), ' rows', IFNULL(CONCAT(' and keeps ', MIN(model), ' from being published'), '')) AS message
        FROM ${table("quarantined_rows")} WHERE released_at IS NULL GROUP BY assertion`;
    case "slow_models": {
      const limits = [...slowAfter].map(([model, seconds]) => `STRUCT('${model}' AS model, ${seconds} AS seconds)`);
      if (limits.length === 0) return undefined;
      return `SELECT model AS subject, seconds / dates AS value,
        FORMAT('%s took %.1f s%s, more than %t s', model, seconds, IF(dates = 1, '', FORMAT(' for %d dates', dates)), most) AS message
        FROM (
          SELECT run.model, run.duration_ms / 1000 AS seconds, slow.seconds AS most, ${datesBuilt("run.partitions")} AS dates
          FROM ${table("model_runs")} AS run
          JOIN UNNEST([${limits.join(", ")}]) AS slow ON slow.model = run.model
          WHERE run.status IN ('success', 'unchanged', 'failed')
          QUALIFY ROW_NUMBER() OVER (PARTITION BY run.model ORDER BY run.finished_at DESC) = 1
        )
        WHERE seconds / dates > most`;
    }
    case "slow_runs":
      return `SELECT TIMESTAMP_DIFF(finished_at, started_at, MILLISECOND) / 1000 AS value,
        FORMAT('the last run took %.1f s, more than %t s', TIMESTAMP_DIFF(finished_at, started_at, MILLISECOND) / 1000, ${rule.seconds}) AS message
        FROM ${table("runs")}
        WHERE TRUE
        QUALIFY ROW_NUMBER() OVER (ORDER BY finished_at DESC) = 1 AND TIMESTAMP_DIFF(finished_at, started_at, MILLISECOND) / 1000 >= ${rule.seconds}`;
    case undefined:
      return undefined;
  }
}

/** How many dates a run built of a model, from its decisions; what is no date counts as one. */
function datesBuilt(partitions: string): string {
  const name = "JSON_VALUE(item, '$.partition')";
  const first = `SAFE_CAST(SUBSTR(${name}, 1, 10) AS DATE)`;
  const last = `SAFE_CAST(SUBSTR(${name}, -10) AS DATE)`;
  return `IFNULL((
            SELECT SUM(IFNULL(DATE_DIFF(${last}, ${first}, DAY), 0) + 1)
            FROM UNNEST(JSON_QUERY_ARRAY(${partitions})) AS item
            WHERE JSON_VALUE(item, '$.decision') = 'run'
          ), 1)`;
}
