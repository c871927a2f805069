import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

interface Compiled {
  readonly tables: readonly CompiledAction[];
  readonly assertions: readonly CompiledAction[];
}

interface CompiledAction {
  readonly target: { readonly schema: string; readonly name: string };
  readonly query: string;
  readonly tags?: readonly string[];
  readonly bigquery?: { readonly labels?: Readonly<Record<string, string>> };
  readonly actionDescriptor?: {
    readonly columns?: readonly { readonly path: readonly string[]; readonly description?: string }[];
  };
}

/** A made-up hashed table: which of the two hands a player of the slate prefers. */
const ENTRY = `
  "nba_precompute.player_handedness": {
    phase: "phase4",
    date: "game_date",
    key: ["game_date", "player_lookup"],
    step: { schedule: "23-50", typical: 60, alert: 90, job: "phase4-player-handedness" },
    status: { processor: "player_handedness", counted: "players", full: 300, early: 1 },
    sources: {
      source_context: { rows: 1, what: "player's context row" },
    },
    hash: {
      DATE: "game_date",
      STRING: "player_lookup hand",
    },
  },
});`;

const MODEL = `config {
  type: "incremental",
  schema: "nba_precompute",
  description: "The hand that a player prefers.",
  uniqueKey: tables.find("player_handedness").key,
  bigquery: {
    partitionBy: tables.find("player_handedness").date,
    labels: { ...steps.labels("player_handedness"), lookback_days: "0" }
  },
  tags: steps.tags("player_handedness"),
  columns: {
    player_lookup: docs.KEYS.player_lookup,
    game_date: docs.KEYS.game_date,
    hand: "left or right",
    ...docs.sourceDocs("player_handedness"),
    ...docs.META
  }
}

WITH hands AS (
  SELECT
    game_date,
    player_lookup,
    IF(MOD(LENGTH(player_lookup), 2) = 0, 'left', 'right') AS hand,
    \${sources.sourceColumns("player_handedness", "source_context", {
      present: "TRUE", rows: "1", hash: "context.data_hash", updated: "context.processed_at"
    })}
  FROM \${ref("nba_analytics", "upcoming_player_game_context")} AS context
)

SELECT
  *,
  \${hashing.dataHash("player_handedness")} AS data_hash,
  CURRENT_TIMESTAMP() AS created_at,
  CURRENT_TIMESTAMP() AS processed_at
FROM hands
`;

const NAME = "player_handedness";
const VIEWS = ["feature_lineage", "hash_population", "phase4_status"];
const GATES = ["player_handedness_rows", "player_handedness_unique_hashes"];

describe("a new hashed table is its model and an entry of includes/tables.js", () => {
  let rig: Rig;
  let before: Compiled;
  let after: Compiled;

  const compile = async () => {
    const { code, stdout, stderr } = await rig.fastbreak("compile", "--json");
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as Compiled;
  };
  const actions = ({ tables, assertions }: Compiled) =>
    new Map([...tables, ...assertions].map((action) => [action.target.name, action]));

  beforeAll(async () => {
    rig = Rig.warehouseProject();
    before = await compile();
    rig.edit("includes/tables.js", "\n});", ENTRY);
    rig.write(`definitions/precompute/${NAME}.sqlx`, MODEL);
    after = await compile();
  });
  afterAll(() => rig.remove());

  it("adds the table and its gates, and changes only the views over all tables", () => {
    const [old, now] = [actions(before), actions(after)];
    expect([...now.keys()].filter((name) => !old.has(name)).sort()).toEqual([NAME, ...GATES].sort());
    const changed = [...old].filter(([name, action]) => JSON.stringify(now.get(name)) !== JSON.stringify(action));
    expect(changed.map(([name]) => name).sort()).toEqual(VIEWS);
    for (const view of VIEWS) expect(now.get(view)?.query, view).toContain(`nba_precompute.${NAME}\``);
  });

  it("gives the table its labels, tags and the docs of its tracking columns", () => {
    const model = actions(after).get(NAME);
    expect(model?.bigquery?.labels).toMatchObject({
      schedule: "23-50",
      typical_seconds: "60",
      alert_seconds: "90",
      breaker_threshold: "5",
      row_created: "created_at",
      row_updated: "processed_at",
    });
    expect(model?.tags).toEqual(["phase4", "phase4-player-handedness"]);
    const described = new Map(model?.actionDescriptor?.columns?.map(({ path, description }) => [path[0], description]));
    expect(described.get("source_context_hash")).toContain("player's context row");
    for (const gate of GATES) expect(actions(after).get(gate)?.tags, gate).toContain("phase4");
    const labels = actions(after).get("hash_population")?.bigquery?.labels;
    expect(labels).toMatchObject({ [`soft_dependency__${NAME}`]: "true", soft_dependency__player_daily_cache: "true" });
  });

  it("runs: rows with distinct hashes, a line in the population, the status and the lineage of each date", async () => {
    const { code, stderr } = await rig.fastbreak("load", "sample", "--games", "60");
    expect([code, stderr]).toEqual([0, ""]);
    const run = await rig.run(["--date", "2021-10-24"]);
    const gates = run.actions.filter(({ name }) => GATES.some((gate) => name.endsWith(`.${gate}`)));
    expect(gates.map(({ name, status }) => [name.replace(/.*\./, ""), status]).sort()).toEqual(
      GATES.map((gate) => [gate, "success"]),
    );
    const [[rows, hashed, distinct]] = (await rig.sql(
      `SELECT total_rows, rows_with_hash, unique_hashes FROM nba_precompute.hash_population
        WHERE table_name = '${NAME}' AND table_date = '2021-10-24'`,
    )) as [string[]];
    expect(Number(rows)).toBeGreaterThan(0);
    expect([hashed, distinct]).toEqual([rows, rows]);
    expect(
      await rig.sql(
        `SELECT row_count, rows_needed, passed FROM nba_precompute.phase4_status
          WHERE processor = '${NAME}' AND analysis_date = '2021-10-24'`,
      ),
    ).toEqual([[rows, "1", "true"]]);
    expect(
      await rig.sql(`SELECT count(*) FROM nba_precompute.feature_lineage
        WHERE source = '${NAME}' AND analysis_date = '2021-10-24'`),
    ).toEqual([[rows]]);
  });
});
