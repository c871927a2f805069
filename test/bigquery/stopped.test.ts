import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../random.js";
import { ROOT } from "../rig.js";
import { FAULTS, type Fault } from "./faulty-proxy.js";
import { SHOP, SHOP_SEED, WRONG_ROWS } from "./shop.js";
import { World } from "./world.js";

/** Of all calls, those of the command that is killed and those of the run that mends. */
const SHARE = 0.2;
const KILLS = Number(process.env.FASTBREAK_KILLS ?? 2);

describe("a command on BigQuery that is stopped", () => {
  let world: World;
  const random = randomFrom(Number(process.env.SEED ?? 7));
  const faulted = () => (random() < SHARE ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
  /** Starts a command, sends it a signal at its n-th call, and waits for its end. */
  const stopped = async (
    args: readonly string[],
    signal: NodeJS.Signals,
    atCall: number,
    fault: () => Fault | undefined = () => undefined,
  ) => {
    world.proxy.calls.splice(0);
    const command = [join(ROOT, "bin/fastbreak.cjs"), ...args, "--target", "bigquery"];
    const child = spawn(process.execPath, command, { cwd: world.dir, stdio: "ignore" });
    const ended = new Promise<NodeJS.Signals | number | null>((done) =>
      child.once("exit", (code, by) => done(by ?? code)),
    );
    world.proxy.fault = () => {
      if (world.proxy.calls.length + 1 === atCall) child.kill(signal);
      return fault();
    };
    const result = await ended;
    world.proxy.fault = () => undefined;
    return result;
  };

  beforeAll(async () => {
    world = await World.open(SHOP, SHOP_SEED);
    await world.run();
  });
  afterAll(() => world.close());

  it(`leaves nothing that the next run does not mend (${KILLS} kills, ${SHARE * 100} % of calls faulted)`, {
    timeout: 7_200_000,
  }, async () => {
    let killed = 0;
    for (let round = 0; round < KILLS; round += 1) {
      await world.sql(`UPDATE raw.orders SET amount = amount + 1 WHERE day = DATE '2024-01-0${1 + (round % 3)}';
        INSERT INTO raw.orders VALUES (${1000 + round}, DATE '2024-01-02', 'Rome', 1)`);
      if ((await stopped(["run"], "SIGKILL", 5 + Math.floor(random() * 110), faulted)) === "SIGKILL") killed += 1;
      world.proxy.fault = faulted;
      const { actions } = await world.run();
      world.proxy.fault = () => undefined;
      expect(actions.filter(({ error }) => error !== undefined)).toEqual([]);
      expect(await world.sql(WRONG_ROWS), `after kill ${round}`).toEqual([]);
    }
    expect(killed).toBeGreaterThan(KILLS / 4);
    if (process.env.FASTBREAK_KILLS !== undefined) console.log(`${killed} of ${KILLS} killed`);
  });

  it("cancels its job when it is interrupted", async () => {
    const slow =
      "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 1000000)) b WHERE a + b = 7";
    // The first call begins the job, the second waits for it.
    expect(await stopped(["query", slow], "SIGINT", 2)).toBe("SIGINT");
    const [job] = (await world.jobs()).filter(({ configuration }) => configuration.query?.query === slow);
    expect(world.proxy.calls.map(({ path }) => path).join(" ")).toMatch(/\/cancel/);
    for (let wait = 0; wait < 100 && (await stateOf(job?.jobReference.jobId)) !== "DONE"; wait += 1)
      await new Promise((done) => setTimeout(done, 50));
    expect(await stateOf(job?.jobReference.jobId)).toBe("DONE");
  });

  const stateOf = async (id: string | undefined) =>
    (await world.jobs()).find(({ jobReference }) => jobReference.jobId === id)?.status.state;
});
