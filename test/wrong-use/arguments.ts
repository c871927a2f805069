import type { WrongUse } from "./expect-refusal.js";

const COMMANDS = ["run", "plan", "explain", "verify", "breaker", "gate", "compile", "check", "test", "query"];
const DATED = ["run", "plan", "verify"];

/** Words that are no command. */
const commands: WrongUse[] = [
  [["rnu"], /unknown command rnu; did you mean run\?/],
  [["RUN"], /unknown command RUN; did you mean/],
  [["__proto__"], /unknown command __proto__/],
  [["constructor"], /unknown command constructor/],
  [["toString"], /unknown command toString/],
  [[""], /the command is an empty text/],
  [[" "], /the command is an empty text/],
  [["a\nb"], /unknown command a b/],
  [["\u001b[31mrun"], /unknown command {2}\[31mrun/],
  [["--json"], /unknown option '--json' before the command/],
  [["--"], /unknown option '--'/],
  [["-v"], /unknown option '-v'/],
  [["run.ts"], /unknown command run\.ts/],
  [["help", "rnu"], /unknown command rnu/],
  [["x".repeat(5000)], /unknown command xxx/],
].map(([args, says]) => ({ args: args as string[], says: says as RegExp }));

/** What no command takes. */
const everywhere = COMMANDS.flatMap((command): WrongUse[] => {
  const words =
    command === "explain"
      ? ["total"]
      : command === "query"
        ? ["SELECT 1"]
        : command === "gate"
          ? ["--date", "2024-01-01"]
          : [];
  const with_ = (...args: string[]) => [command, ...words, ...args];
  return [
    { args: with_("--nope"), says: /unknown option '--nope'/ },
    { args: with_("--jsno"), says: /unknown option '--jsno'; did you mean --json\?/ },
    { args: with_("--database"), says: /--database needs a value/ },
    { args: with_("--database", "a", "--database", "b"), says: /--database is given twice/ },
    { args: with_("--json=maybe"), says: /--json takes no value/ },
    { args: with_("--target", "snowflake"), says: /--target snowflake is not known/ },
    { args: with_("--threads", "0"), says: /--threads 0 is not possible; give a whole number from 1 to 256/ },
    { args: with_("--memory", "lots"), says: /--memory lots is not possible; give an amount such as 4GB or 50%/ },
    { args: with_("--environment", "dve"), says: /--environment dve is not known; did you mean "dev"\?/ },
  ];
});

/** Flags that are not known, lack a value, stand twice or contradict each other. */
const flags: WrongUse[] = [
  [["run", "-x"], /unknown option '-x'/],
  [["run", "-date", "2024-01-01"], /unknown option '-date'/],
  [["run", "---date", "2024-01-01"], /unknown option '---date'; did you mean --date\?/],
  [["run", "--date 2024-01-01"], /unknown option '--date 2024-01-01'/],
  [["run", "--__proto__", "x"], /unknown option '--__proto__'/],
  [["run", "--constructor=x"], /unknown option '--constructor=x'/],
  [["run", "--a.b=1"], /unknown option '--a.b=1'/],
  [["run", "--no-date"], /unknown option '--no-date'/],
  [["run", "--no-no-upstream=x"], /--no-upstream|unknown option/],
  [["run", "--upstream"], /unknown option '--upstream'; did you mean --no-upstream\?/],
  [["run", "--json", "--no-json"], /--json is switched on and off/],
  [["run", "--full-refresh=1"], /--full-refresh takes no value; leave out =1/],
  [["run", "--select"], /--select needs a value/],
  [["run", "--select", "--json"], /--select needs a value; --json is a flag/],
  [["run", "--select="], /--select needs a value/],
  [["run", "--vars"], /--vars needs a value/],
  [["run", "--vars", "a=1", "--vars", "b=2"], /--vars is given twice/],
  [["run", "--concurrency", "0"], /--concurrency 0 is not possible; give a whole number from 1 to 64/],
  [["run", "--concurrency", "65"], /from 1 to 64/],
  [["run", "--concurrency", "-1"], /--concurrency -1 is not possible/],
  [["run", "--concurrency", "1.5"], /--concurrency 1\.5 is not possible/],
  [["run", "--concurrency", "1e1"], /--concurrency 1e1 is not possible/],
  [["run", "--concurrency", "0x4"], /--concurrency 0x4 is not possible/],
  [["run", "--concurrency", "٤"], /--concurrency ٤ is not possible/],
  [["run", "--concurrency", "four"], /--concurrency four is not possible/],
  [["run", "--concurrency", "999999999999"], /from 1 to 64/],
  [["run", "--threads", "1000"], /from 1 to 256/],
  [["run", "--memory", "-1GB"], /--memory -1GB is not possible/],
  [["run", "--memory", "0%"], /--memory 0% is not possible/],
  [["run", "--memory", "101%"], /--memory 101% is not possible/],
  [["run", "--memory", "1GB'; DROP TABLE x; --"], /is not possible; give an amount/],
  [["run", "--timeout", "soon"], /--timeout soon is not possible; give a time such as 90s/],
  [["run", "--timeout", "0s"], /--timeout 0s is not possible/],
  [["run", "--timeout", "10"], /--timeout 10 is not possible/],
  [["run", "--action-retry-limit", "many"], /--action-retry-limit many is not possible/],
  [["run", "--action-retry-limit", "-1"], /--action-retry-limit -1 is not possible/],
  [["run", "--include-deps"], /--include-deps widens a selection; give --actions, --tags or --select too/],
  [["run", "--include-dependents"], /--include-dependents widens a selection/],
  [["run", "--emit-lineage"], /--emit-lineage of the Dataform CLI is not there; lineage is not emitted/],
  [
    ["run", "--execution-timeout", "1m"],
    /--execution-timeout of the Dataform CLI is not there; a run may be ended at any moment/,
  ],
  [["run", ".", "again"], /run takes only project-dir, but here is again too/],
  [["run", ".", "--project-dir", "."], /the project folder is given twice/],
  [["plan", "--detailed-exitcode=yes"], /--detailed-exitcode takes no value/],
  [["plan", "--dry-run"], /unknown option '--dry-run'/],
  [["compile", "--date", "2024-01-01"], /unknown option '--date'/],
  [["compile", "--watch"], /--watch of the Dataform CLI is not there; call it again after a change/],
  [
    ["compile", "--output-actions", "a"],
    /--output-actions of the Dataform CLI is not there; the whole graph is printed/,
  ],
  [["compile", "--csv"], /unknown option '--csv'/],
  [["check", "a", "b"], /check takes only project-dir/],
  [["explain"], /explain needs a model/],
  [["explain", ""], /explain needs a model/],
  [["explain", "total", "daily"], /explain takes only model, but here is daily too/],
  [["explain", "totla"], /no action is named totla; did you mean total\?/],
  [["explain", "__proto__"], /no action is named __proto__/],
  [["explain", "d.total.x"], /no action is named d\.total\.x/],
  [["explain", "tag:nightly"], /no action is named tag:nightly/],
  [["breaker", "rest"], /breaker rest is not known; did you mean "reset"\?/],
  [["breaker", "list", "total"], /breaker list takes no names/],
  [["breaker", "reset", "total"], /total has no breaker that ever counted a failure/],
  [["breaker", "reset", "__proto__"], /__proto__ has no breaker/],
  [["breaker", ""], /breaker +is not known/],
  [["gate"], /gate needs --date/],
  [["gate", "2024-01-01"], /gate takes no argument, but here is 2024-01-01/],
  [["gate", "--from", "2024-01-01"], /unknown option '--from'/],
  [["gate", "--date", "2024-01-01", "--retry-after", "soon"], /--retry-after soon is not possible/],
  [["gate", "--date", "2024-01-01", "--retry-after", "-5"], /--retry-after -5 is not possible/],
  [["gate", "--date", "2024-01-01", "--retry-after", "1e9"], /--retry-after 1e9 is not possible/],
  [["test", "total"], /there is no unit test total; did you mean total_test\?/],
  [["test", "total_test", "total_tset"], /there is no unit test total_tset; did you mean total_test\?/],
  [["test", "__proto__"], /there is no unit test __proto__/],
  [["test", "a\nb"], /there is no unit test a b/],
  [["serve", "warehouse"], /serve takes no argument, but here is warehouse/],
  [["serve", "--port", "65536"], /--port 65536 is not possible; give a whole number from 0 to 65535/],
  [["serve", "--in-memory", "--database", "w.duckdb"], /give --in-memory or --database, not both/],
  [["serve", "--in-memory", "--host", "0.0.0.0"], /--host 0\.0\.0\.0 could be reached from other machines/],
  [["serve", "--in-memory", "--seed", "nowhere", "--port", "0"], /the seed nowhere is no folder/],
  [["serve", "--in-memory", "--location", "über all"], /--location über all is not possible/],
  [["completion", "fish"], /there is no completion for fish; give bash or zsh/],
  [["completion", "bash", "zsh"], /completion takes only shell/],
  [["completion", "--json"], /unknown option '--json'/],
].map(([args, says]) => ({ args: args as string[], says: says as RegExp }));

/** Dates that are none, and windows that make no sense. */
const dates = DATED.flatMap((command): WrongUse[] =>
  (
    [
      [["--date", "2024-02-30"], /--date 2024-02-30 is not a calendar date; write it as YYYY-MM-DD/],
      [["--date", "2023-02-29"], /--date 2023-02-29 is not a calendar date/],
      [["--date", "2024-13-01"], /is not a calendar date/],
      [["--date", "2024-00-10"], /is not a calendar date/],
      [["--date", "2024-1-1"], /is not a calendar date/],
      [["--date", "20240101"], /is not a calendar date/],
      [["--date", "01/02/2024"], /is not a calendar date/],
      [["--date", "tomorrow"], /--date tomorrow is not a calendar date/],
      [["--date", "2024-01-01T00:00:00Z"], /is not a calendar date/],
      [["--date", " 2024-01-01"], /is not a calendar date/],
      [["--date", "2024-01-01\n"], /is not a calendar date/],
      [["--date", "２０２４-01-01"], /is not a calendar date/],
      [["--date", "٢٠٢٤-٠١-٠١"], /is not a calendar date/],
      [["--date", "2024-01-01' OR 1=1 --"], /is not a calendar date/],
      [["--date", "+002024-01-01"], /is not a calendar date/],
      [["--date", "0000-01-01"], /is not a calendar date/],
      [["--date", "-2024-01-01"], /is not a calendar date/],
      [["--date="], /--date needs a value/],
      [["--from", "2024-01-02", "--to", "2024-01-01"], /--from 2024-01-02 is after --to 2024-01-01/],
      [["--from", "2024-01-01"], /--from and --to go together/],
      [["--to", "2024-01-01"], /--from and --to go together/],
      [["--from", "2024-01-01", "--to", "2024-01-32"], /--to 2024-01-32 is not a calendar date/],
      [["--date", "2024-01-01", "--from", "2024-01-01"], /give --date or --from and --to, not both/],
      [["--date", "2024-01-01", "2024-01-02"], /2024-01-02/],
      [["--from", "0001-01-01", "--to", "9999-12-31"], /are 3652059 days, at most 36525 are possible/],
    ] as const
  ).map(([args, says]) => ({ args: [command, ...args], says })),
);

/** Selections that match nothing or are not written as selections are. */
const selections = DATED.flatMap((command): WrongUse[] =>
  (
    [
      [["--select", "totla"], /no action is named totla; did you mean total\?/],
      [["--select", "+"], /--select "\+" names nothing/],
      [["--select", "@"], /names nothing/],
      [["--select", "total,"], /names nothing/],
      [["--select", " "], /names nothing/],
      [["--select", "tag:nihgtly"], /no action has the tag nihgtly; did you mean nightly\?/],
      [["--select", "tag:"], /no action has the tag/],
      [["--select", "path:nowhere"], /no action is defined under nowhere/],
      [["--select", "path:"], /no action is defined under/],
      [["--select", "state:new"], /state:new is not known; the state that can be selected is state:stale/],
      [["--select", "git:--output=/x"], /names no git reference/],
      [["--select", "git:"], /names no git reference/],
      [["--select", "git:HEAD"], /needs the project to lie in a git repository/],
      [["--select", "total,tag:nightly"], /its parts have no action in common/],
      [["--select", "total", "--exclude", "total"], /everything selected is excluded too/],
      [["--exclude", "totla"], /no action is named totla/],
      [["--select", "a'b\"c"], /no action is named a'b"c/],
      [["--select", "a\nb"], /no action is named a b/],
      [["--select", "__proto__"], /no action is named __proto__/],
      [["--select", "tag:constructor"], /no action has the tag constructor/],
      [["--actions", "nope"], /no action is named nope/],
      [["--actions", "total,nope"], /no action is named nope/],
      [["--actions", "t*"], /no action is named t\*/],
      [["--actions", ","], /--actions , names nothing/],
      [["--tags", "nope"], /no action has the tag nope/],
    ] as const
  ).map(([args, says]) => ({ args: [command, ...args], says })),
);

/** What a project cannot be compiled with. */
const overrides = ["run", "compile", "check", "test"].flatMap((command): WrongUse[] =>
  (
    [
      [["--schema-suffix", "a b"], /--schema-suffix a b is not possible; give letters, digits and _/],
      [["--schema-suffix", "-"], /--schema-suffix/],
      [["--schema-suffix", "a-b"], /--schema-suffix a-b is not possible/],
      [["--schema-suffix", 'x"y'], /is not possible; give letters/],
      [["--schema-suffix", "x'y"], /is not possible; give letters/],
      [["--schema-suffix", "x`y"], /is not possible; give letters/],
      [["--schema-suffix", "é"], /is not possible; give letters/],
      [["--schema-suffix", "../x"], /is not possible; give letters/],
      [["--schema-suffix", "a\nb"], /is not possible; give letters/],
      [["--schema-suffix", "x".repeat(2000)], /--schema-suffix/],
      [["--schema-suffix", ""], /--schema-suffix needs a value/],
      [["--database-suffix", "A_B"], /--database-suffix A_B is not possible/],
      [["--table-prefix", "a.b"], /--table-prefix a\.b is not possible/],
      [["--default-schema", "a.b"], /--default-schema a\.b is not possible/],
      [["--assertion-schema", "a b"], /--assertion-schema a b is not possible/],
      [["--default-database", "a b"], /--default-database a b is not possible/],
      [["--default-location", "U S"], /--default-location U S is not possible/],
      [["--var", "novalue"], /--var novalue is not name=value/],
      [["--var", "=x"], /--var =x is not name=value/],
      [["--var", "1a=x"], /--var 1a=x is not name=value/],
      [["--var", "__proto__=x"], /--var __proto__=x is not name=value/],
      [["--var", "a b=x"], /--var a b=x is not name=value/],
      [["--vars", "a=1,,b=2"], /--vars .*is not name=value/],
      [["--vars", "a"], /--vars a is not name=value/],
      [["--vars", "a=1,b"], /--vars b is not name=value/],
      [["--vars", '{"a": 1}'], /is not name=value/],
    ] as const
  ).map(([args, says]) => ({ args: [command, ...args], says })),
);

/** Wrong uses that are seen from the arguments and the working project alone. */
export const ARGUMENTS: Readonly<Record<string, readonly WrongUse[]>> = {
  commands,
  everywhere,
  flags,
  dates,
  selections,
  overrides,
};
