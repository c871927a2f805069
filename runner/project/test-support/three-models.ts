// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
/** A source and three models that read it, an include through two others, and a variable. */
export const THREE_MODELS = {
  "dataform.json": JSON.stringify({
    defaultDatabase: "proj",
    defaultSchema: "d",
    assertionSchema: "checks",
    vars: { season: "2021", unused: "0" },
  }),
  "includes/base.js": "module.exports = { one: 1 };",
  "includes/helpers.js": 'const base = require("./base");\nmodule.exports = { two: () => base.one + 1 };',
  "includes/lazy.js": "module.exports = { three: () => helpers.two() + 1 };",
  "definitions/raw.sqlx": 'config { type: "declaration", schema: "raw", name: "games" }',
  "definitions/a.sqlx": 'config { type: "table" }\nselect ${lazy.three()} as x from ${ref("raw", "games")}',
  "definitions/b.sqlx":
    'config { type: "table" }\nselect "${dataform.projectConfig.vars.season}" as s from ${ref("a")}',
  "definitions/c.sqlx": 'config { type: "view" }\nselect 1 as x -- nothing else',
};
