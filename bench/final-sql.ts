// Prints, as JSON, the DuckDB SQL that `fastbreak run` would execute for a window of this project, in running order.
// Usage: final-sql PROJECT_DIR DATABASE FROM TO

import { finalSql } from "../runner/api/embedded.js";

const [projectDir = ".", database = "", from = "", to = ""] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await finalSql({ projectDir, database }, { from, to })));
