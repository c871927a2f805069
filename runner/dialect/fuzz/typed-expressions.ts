import fc from "fast-check";
import { functionNamed, functionNames } from "../functions/registry.js";

/** Columns and literals of each type, over the table `d.t`. */
const LEAVES: Readonly<Record<string, readonly string[]>> = {
  INT64: ["i", "st.p", "1", "0", "-3", "ARRAY_LENGTH(a)", "a[SAFE_OFFSET(0)]"],
  FLOAT64: ["f", "2.5", "-0.0", "CAST('nan' AS FLOAT64)", "1e300"],
  NUMERIC: ["n", "NUMERIC '1.5'", "NUMERIC '-3'"],
  STRING: ["s", "st.q", "'abc'", "''", "'é-1'", "'[a-z]'"],
  BOOL: ["b", "TRUE", "FALSE", "i > 1", "f < 2", "s = 'abc'", "d IS NULL"],
  BYTES: ["y", "b'a\\xff'"],
  DATE: ["d", "DATE '2024-02-29'"],
  DATETIME: ["dt", "DATETIME '2024-01-02 03:04:05'"],
  TIME: ["tm", "TIME '03:04:05'"],
  TIMESTAMP: ["ts", "TIMESTAMP '2024-01-02 03:04:05'"],
  INTERVAL: ["INTERVAL 2 DAY", "INTERVAL i HOUR"],
  JSON: ["j", 'JSON \'{"k": [1, "x"]}\''],
  "ARRAY<INT64>": ["a", "[1, NULL, 3]"],
  "ARRAY<STRING>": ["['a', 'b']", "SPLIT(s, 'b')"],
  "ARRAY<FLOAT64>": ["[1.5, 2.5]"],
  "ARRAY<NUMERIC>": ["[NUMERIC '1.5']"],
};
const TYPES = Object.keys(LEAVES);
/** They make large values of small ones. */
const HUGE = new Set(["REPEAT", "LPAD", "RPAD", "GENERATE_ARRAY", "ERROR"]);

interface Callable {
  readonly name: string;
  readonly parameters: readonly string[];
}

/** Every scalar overload of the library whose types all have leaves, by result; a type variable stands for INT64 or STRING. */
function callables(): ReadonlyMap<string, readonly Callable[]> {
  const byResult = new Map<string, Callable[]>();
  for (const name of functionNames()) {
    const definition = functionNamed(name);
    if (definition?.kind !== "scalar" || HUGE.has(name)) continue;
    for (const { signature } of definition.overloads) {
      for (const variable of ["INT64", "STRING"]) {
        const text = signature.text.replace(/\b[TU]\b/g, variable);
        const match = /^\((.*)\) -> (.+?)[?!]?$/.exec(text);
        const parameters = (match?.[1] ?? "")
          .split(", ")
          .filter((part) => part !== "")
          .map((part) => part.replace(/[[\]]|\.\.\./g, ""));
        const result = match?.[2] ?? "";
        if (!TYPES.includes(result) || parameters.some((type) => !TYPES.includes(type))) continue;
        byResult.set(result, [...(byResult.get(result) ?? []), { name, parameters }]);
      }
    }
  }
  return byResult;
}

const CASTS: Readonly<Record<string, readonly string[]>> = {
  INT64: ["FLOAT64", "NUMERIC", "BOOL", "STRING"],
  FLOAT64: ["INT64", "NUMERIC", "STRING"],
  NUMERIC: ["INT64", "FLOAT64", "STRING"],
  STRING: ["INT64", "FLOAT64", "NUMERIC", "BOOL", "DATE", "DATETIME", "TIME", "TIMESTAMP", "INTERVAL"],
  BOOL: ["INT64", "STRING"],
  BYTES: ["STRING"],
  DATE: ["DATETIME", "TIMESTAMP", "STRING"],
  DATETIME: ["DATE", "TIMESTAMP"],
  TIME: ["DATETIME", "TIMESTAMP"],
  TIMESTAMP: ["DATE", "DATETIME"],
};
const OPERATORS: Readonly<Record<string, readonly (readonly [left: string, operator: string, right: string])[]>> = {
  INT64: [
    ["INT64", "+", "INT64"],
    ["INT64", "*", "INT64"],
    ["INT64", "&", "INT64"],
    ["INT64", "<<", "INT64"],
  ],
  FLOAT64: [
    ["FLOAT64", "+", "FLOAT64"],
    ["INT64", "/", "INT64"],
    ["FLOAT64", "*", "INT64"],
  ],
  NUMERIC: [
    ["NUMERIC", "-", "NUMERIC"],
    ["NUMERIC", "*", "INT64"],
    ["NUMERIC", "/", "NUMERIC"],
  ],
  STRING: [["STRING", "||", "STRING"]],
  BYTES: [["BYTES", "||", "BYTES"]],
  BOOL: [
    ["BOOL", "AND", "BOOL"],
    ["BOOL", "OR", "BOOL"],
    ["STRING", "LIKE", "STRING"],
    ...["INT64", "FLOAT64", "NUMERIC", "STRING", "DATE", "TIMESTAMP", "INTERVAL"].flatMap(
      (type) =>
        [
          [type, "=", type],
          [type, "<=", type],
        ] as const,
    ),
  ],
  DATE: [["DATE", "+", "INT64"]],
  DATETIME: [
    ["DATETIME", "-", "INTERVAL"],
    ["DATE", "+", "INTERVAL"],
  ],
  INTERVAL: [
    ["INTERVAL", "*", "INT64"],
    ["TIMESTAMP", "-", "TIMESTAMP"],
  ],
  "ARRAY<INT64>": [["ARRAY<INT64>", "||", "ARRAY<INT64>"]],
};

const AGGREGATES: Readonly<Record<string, readonly string[]>> = {
  INT64: ["SUM($INT64)", "COUNT($STRING)", "COUNT(DISTINCT $INT64)", "MAX($INT64)", "COUNTIF($BOOL)"],
  FLOAT64: ["SUM($FLOAT64)", "AVG($FLOAT64)", "AVG($INT64)", "MIN($FLOAT64)", "STDDEV($FLOAT64)"],
  NUMERIC: ["SUM($NUMERIC)", "AVG($NUMERIC)", "SAFE_DIVIDE(SUM($NUMERIC), SUM($NUMERIC))"],
  STRING: ["STRING_AGG($STRING ORDER BY $INT64)", "MIN($STRING)", "ANY_VALUE($STRING)"],
  BOOL: ["LOGICAL_AND($BOOL)", "AVG($NUMERIC) > $NUMERIC_LITERAL"],
  "ARRAY<INT64>": ["ARRAY_AGG($INT64 IGNORE NULLS ORDER BY $STRING LIMIT 2)"],
};

const TIES = fc.letrec<Record<string, string>>((tie) => {
  const functions = callables();
  const of = (type: string): fc.Arbitrary<string> => tie(type);
  const call = ({ name, parameters }: Callable): fc.Arbitrary<string> =>
    fc
      .tuple(fc.constantFrom("", "", "", name.includes(".") ? "" : "SAFE."), ...parameters.map(of))
      .map(([safe, ...args]) => `${safe}${name}(${args.join(", ")})`);
  const build = (type: string): fc.Arbitrary<string> => {
    const leaf = fc.constantFrom(...(LEAVES[type] as readonly string[]));
    const known = functions.get(type) ?? [];
    const casts = (CASTS[type] ?? []).map((from) =>
      fc.tuple(fc.constantFrom("CAST", "SAFE_CAST"), of(from)).map(([word, x]) => `${word}(${x} AS ${type})`),
    );
    const operators = (OPERATORS[type] ?? []).map(([l, op, r]) =>
      fc.tuple(of(l), of(r)).map(([x, y]) => `(${x} ${op} ${y})`),
    );
    const general = [
      fc.tuple(of("BOOL"), of(type), of(type)).map(([c, x, y]) => `IF(${c}, ${x}, ${y})`),
      fc.tuple(of("BOOL"), of(type)).map(([c, x]) => `CASE WHEN ${c} THEN ${x} END`),
      fc.tuple(of(type), of(type)).map(([x, y]) => `IFNULL(${x}, ${y})`),
    ];
    const calls =
      known.length === 0
        ? []
        : [
            fc.nat(known.length - 1).chain((i) => call(known[i] as Callable)),
            fc.nat(known.length - 1).chain((i) => call(known[i] as Callable)),
          ];
    return fc.oneof({ maxDepth: 4, depthIdentifier: "typed" }, leaf, ...calls, ...casts, ...operators, ...general);
  };
  return Object.fromEntries(TYPES.map((type) => [type, build(type)]));
});

const anyType = fc.constantFrom(...TYPES);

/** A well-typed expression over the columns of `d.t`. */
export const typedExpression: fc.Arbitrary<string> = anyType.chain((type) => TIES[type] as fc.Arbitrary<string>);

const aggregated: fc.Arbitrary<string> = fc.constantFrom(...Object.keys(AGGREGATES)).chain((type) =>
  fc.constantFrom(...(AGGREGATES[type] as readonly string[])).chain((template) => {
    const places = template.match(/\$[A-Z0-9]+(?:_LITERAL)?/g) ?? [];
    const fills = places.map((place) =>
      place.endsWith("_LITERAL") ? fc.constant("NUMERIC '1.5'") : (TIES[place.slice(1)] as fc.Arbitrary<string>),
    );
    return fc
      .tuple(...fills)
      .map((texts) => texts.reduce((text, fill, i) => text.replace(places[i] as string, () => fill), template));
  }),
);

/** A well-typed query: grouped, windowed or plain. */
export const typedQuery: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(typedExpression, TIES.BOOL as fc.Arbitrary<string>)
    .map(([x, c]) => `SELECT ${x} AS c FROM d.t WHERE ${c} ORDER BY i`),
  fc
    .tuple(aggregated, aggregated, TIES.STRING as fc.Arbitrary<string>)
    .map(([x, y, k]) => `SELECT ${k} AS k, ${x} AS x, ${y} AS y FROM d.t GROUP BY k ORDER BY k`),
  fc
    .tuple(aggregated, aggregated)
    .map(([x, y]) => `SELECT ${x} AS x, (${y}) IS NULL AS y FROM d.t HAVING COUNT(*) > 1`),
  fc
    .tuple(TIES.INT64 as fc.Arbitrary<string>, TIES.FLOAT64 as fc.Arbitrary<string>, TIES.DATE as fc.Arbitrary<string>)
    .map(
      ([x, f, d]) =>
        `SELECT i, SUM(${x}) OVER (PARTITION BY ${d} ORDER BY ${f}) AS w, LAG(${f}) OVER (ORDER BY i) AS l FROM d.t QUALIFY RANK() OVER (ORDER BY ${f} DESC) < 3`,
    ),
  fc
    .tuple(typedExpression, TIES.BOOL as fc.Arbitrary<string>)
    .map(([x, c]) => `FROM d.t |> EXTEND ${x} AS c |> WHERE ${c} |> SELECT c, i |> LIMIT 2`),
  typedExpression
    .map(
      (x) => `SELECT ARRAY(SELECT ${x} FROM d.t) AS a, (SELECT COUNT(*) FROM d.t AS r WHERE r.i = t.i) AS n FROM d.t`,
    )
    .filter((text) => !/SELECT (a|\[)/.test(text)),
);
