import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, ROOT } from "./rig.js";
import { projectOf } from "./small-project.js";

const BINARY = join(ROOT, "bin/fastbreak.cjs");

describe("the command line", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await projectOf({
      doubled: 'config { type: "table" }\nSELECT n * 2 AS n FROM ${ref("raw", "numbers")}',
      more: 'config { type: "table" }\nSELECT n + 1 AS n FROM ${ref("doubled")}',
      doubled_test:
        'config { type: "test", dataset: "doubled" }\ninput "raw", "numbers" { SELECT 1 AS n }\nSELECT 2 AS n',
      check_more: 'config { type: "assertion" }\nSELECT * FROM ${ref("more")} WHERE n < 0',
    });
    rig.write(
      "fastbreak.json",
      JSON.stringify({ threads: 1, environments: { dev: { schemaSuffix: "dev", concurrency: 1 } } }),
    );
  });
  afterAll(() => rig.remove());

  const names = (document: { readonly actions: readonly { readonly name: string }[] }) =>
    document.actions.map(({ name }) => name);

  it("takes the flags of the Dataform CLI, and says which have no effect", async () => {
    const asked = ["--actions", "more", "--include-deps", "--run-tests", "--credentials", "x.json", "--job-prefix=p"];
    const { code, stdout, stderr } = await rig.fastbreak("run", ".", "--json", ...asked);
    expect([code, stderr]).toEqual([0, "note: --credentials, --job-prefix have no effect on duckdb\n"]);
    expect(JSON.parse(stdout)).toMatchObject({ totals: { run: 3, failed: 0 } });
    const plain = await rig.run(["--disable-assertions", "--default-schema", "other", "--table-prefix", "t"]);
    expect(names(plain)).toEqual(expect.arrayContaining(["other.t_doubled", "other.t_more"]));
    const assertion = plain.actions.find(({ type }) => type === "assertion");
    expect(assertion?.partitions).toMatchObject([{ decision: "skip", reason: "disabled" }]);
  });

  it("takes an environment's settings where no flag stands over them", async () => {
    expect(names(await rig.run(["--environment", "dev"]))).toContain("d_dev.doubled");
    expect(names(await rig.run(["--environment", "dev", "--schema-suffix", "mine"]))).toContain("d_mine.doubled");
  });

  it("tells what a run has done, and then which file it cannot leave", async () => {
    const folder = join(rig.dir, ".fastbreak/status.json");
    rmSync(folder, { force: true });
    mkdirSync(join(folder, "in the way"), { recursive: true });
    const { code, stdout, stderr } = await rig.fastbreak("run", "--json", "--full-refresh");
    rmSync(folder, { recursive: true });
    expect(code).not.toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ totals: { failed: 0 } });
    expect(stderr).toContain("status.json");
  });

  it("completes commands and flags in bash", () => {
    const bin = join(rig.dir, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "fastbreak"), `#!/bin/sh\nexec '${process.execPath}' '${BINARY}' "$@"\n`);
    chmodSync(join(bin, "fastbreak"), 0o755);
    const script = `eval "$(fastbreak completion bash)"
      complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fastbreak_yargs_completions; echo "\${COMPREPLY[*]}"; }
      complete_line fastbreak ver
      complete_line fastbreak run --no-
      complete_line fastbreak query --re`;
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const { stdout, stderr, error } = spawnSync("bash", ["-c", script], { encoding: "utf8", env });
    if (error !== undefined) return;
    expect(stderr).toBe("");
    expect(stdout).toBe("verify\n--no-upstream --no-skips\n--report\n");
  });
});
