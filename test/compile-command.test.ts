// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { chmodSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Rig, ROOT } from "./rig.js";

interface Graph {
  readonly tables: readonly { readonly target: { readonly name: string } }[];
  readonly graphErrors: {
    readonly compilationErrors?: readonly { readonly message: string; readonly stack: string }[];
  };
}

let rig: Rig;
beforeEach(() => {
  rig = Rig.empty();
  mkdirSync(`${rig.dir}/definitions`);
  rig.write("dataform.json", '{"defaultDatabase": "p", "defaultSchema": "d"}');
  rig.write("definitions/good.sqlx", 'config { type: "view" }\nselect 1 as x');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rig.remove();
});

describe("compile", () => {
  it("prints the graph with its errors as JSON, and fails", async () => {
    rig.write("definitions/bad.sqlx", 'config { type: "view" }\nselect * from ${ref("gone")}');
    const { code, stdout, stderr } = await rig.fastbreak("compile", "--json");
    expect(code).toBe(2);
    const graph = JSON.parse(stdout) as Graph;
    expect(graph.tables.map(({ target }) => target.name).sort()).toEqual(["bad", "good"]);
    const errors = graph.graphErrors.compilationErrors ?? [];
    expect(errors.map(({ message }) => message)).toContain('Could not resolve "gone"');
    for (const { stack } of errors) expect(stack).not.toMatch(/file:|compile-child/);
    expect(stderr).toMatch(/^fastbreak: definitions\/bad\.sqlx:2: refers to "gone", which does not exist[^\n]*\n$/);
  });

  it("prints errors only, for people", async () => {
    rig.write("definitions/bad.js", 'publish("x");\nnope();');
    const { code, stdout, stderr } = await rig.fastbreak("compile");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toBe("fastbreak: definitions/bad.js:2: nope is not defined\n");
  });

  it("prints no graph where settings allow none", async () => {
    rig.write("dataform.json", '{"defaultSchema": "d",\n"gcloudProjectId": "p"}');
    const { code, stdout, stderr } = await rig.fastbreak("compile", "--json");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^fastbreak: dataform\.json:2: "gcloudProjectId" .*delete this line\n$/);
  });
});

describe.skipIf(process.platform === "win32")("a project that pins a release of core", () => {
  /** A shell script in place of npm, run in the folder to install into. */
  function npmThat(script: string): void {
    mkdirSync(join(rig.dir, "bin"));
    rig.write("bin/npm", `#!/bin/sh\n${script}\n`);
    chmodSync(join(rig.dir, "bin/npm"), 0o755);
    vi.stubEnv("PATH", `${join(rig.dir, "bin")}${delimiter}${process.env.PATH}`);
    vi.stubEnv("XDG_CACHE_HOME", join(rig.dir, "cache"));
  }
  beforeEach(() => {
    rig.remove();
    rig = Rig.empty();
    mkdirSync(`${rig.dir}/definitions`);
    rig.write("workflow_settings.yaml", "defaultProject: p\ndefaultDataset: d\ndataformCoreVersion: 3.0.1234\n");
    rig.write("definitions/a.sqlx", 'config { type: "view" }\nselect 1 as x');
  });

  it("is compiled by that release, which is fetched once", async () => {
    const own = join(ROOT, "node_modules/@dataform/core");
    npmThat(`mkdir -p node_modules/@dataform && cp -R "${own}" node_modules/@dataform/core &&
      cd node_modules/@dataform/core && sed -i.bak 's/3\\.0\\.[0-9]*"/3.0.1234"/g' bundle.js package.json`);
    const first = await rig.fastbreak("compile", "--json");
    expect(first.stderr).toBe("");
    expect(JSON.parse(first.stdout)).toMatchObject({ dataformCoreVersion: "3.0.1234" });
    rig.write("bin/npm", "#!/bin/sh\nexit 1\n");
    expect(await rig.fastbreak("compile", "--json")).toEqual(first);
  });

  it("says in one line that it is fetched, and in one what to do where it cannot be had", async () => {
    npmThat("echo npm error code ENOTFOUND >&2; exit 1");
    for (const command of ["compile", "plan"]) {
      const { code, stdout, stderr } = await rig.fastbreak(command);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(
        /^[^\n]*fetching @dataform\/core 3\.0\.1234[^\n]*\nfastbreak: workflow_settings\.yaml:3: @dataform\/core 3\.0\.1234 [^\n]*run the command once[^\n]*\n$/,
      );
    }
  });
});
