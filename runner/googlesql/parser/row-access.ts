import type { Statement } from "../ast.js";
import { syntaxError } from "../errors.js";
import type { Cursor } from "./cursor.js";
import { acceptIfNotExists, parsePathNode } from "./ddl.js";
import { parseExpression } from "./expression.js";

/** The rest of CREATE ROW ACCESS POLICY. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_row_access_policy_statement */
export function parseCreateRowAccessPolicy(c: Cursor, start: number, orReplace: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const name = c.identifier("policy name");
  c.expectWord("ON");
  const path = parsePathNode(c);
  let grantees: readonly string[] = [];
  if (c.acceptWords("GRANT", "TO")) {
    c.expect("(");
    grantees = c.list(() => {
      const grantee = parseExpression(c);
      if (grantee.kind !== "string")
        throw syntaxError("Expected a grantee such as 'user:somebody@example.com'", grantee);
      return grantee.value;
    });
    c.expect(")");
  }
  c.expectWord("FILTER");
  c.expectWord("USING");
  c.expect("(");
  const filter = parseExpression(c);
  c.expect(")");
  const span = c.span(start);
  return { kind: "createRowAccessPolicy", name, path, orReplace, ifNotExists, grantees, filter, ...span };
}

/** The rest of DROP ROW ACCESS POLICY, or of DROP ALL ROW ACCESS POLICIES. */
export function parseDropRowAccessPolicy(c: Cursor, start: number, all: boolean): Statement {
  const ifExists = !all && c.acceptWords("IF", "EXISTS");
  const name = all ? undefined : c.identifier("policy name");
  c.expectWord("ON");
  const path = parsePathNode(c);
  return { kind: "dropRowAccessPolicy", name, path, ifExists, ...c.span(start) };
}
