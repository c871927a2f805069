import { tokenize } from "../googlesql/lexer.js";
import type { RunnableAction } from "../graph/action.js";

/**
 * Whether the incremental query gives rows that the full one, which has just made the table, may have left out: it reads a table that the
 * full one does not, or goes by other conditions and not by the table's own rows. What it only restricts further is all there already.
 */
export function takesMore(action: RunnableAction): boolean {
  const { accumulating, incremental, node, uniqueKey } = action;
  if (!accumulating || incremental === undefined) return false;
  const read = new Set(action.reads.map(({ key }) => key));
  if (incremental.reads.some(({ key }) => key !== node.key && !read.has(key))) return true;
  // Without a key each run would add the same rows once more, and nobody could tell when they are all there.
  const isMerged = uniqueKey.length > 0 && incremental.reads.every(({ key }) => key !== node.key);
  return isMerged && !isRestricted(wordsOf(action.query), wordsOf(incremental.query));
}

const SET_OPERATORS = new Set(["UNION", "EXCEPT", "INTERSECT"]);
const CLAUSES = new Set(["WHERE", "HAVING", "QUALIFY"]);
const OUTER = new Set(["LEFT", "RIGHT", "FULL"]);

/** Whether a text is another one with words put in, none of which can give it more rows. */
function isRestricted(text: readonly string[], longer: readonly string[]): boolean {
  let at = 0;
  const added: string[] = [];
  for (const word of longer) {
    if (word === text[at]) at += 1;
    else added.push(word);
  }
  return at === text.length && !widens(added.map((word) => word.toUpperCase()));
}

/** Whether words that are put into a query may bring more into it: other rows, outer joins, or what a condition had left out. */
function widens(added: readonly string[]): boolean {
  let depth = 0;
  let isOwnCondition = false;
  return added.some((word, at) => {
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    isOwnCondition ||= CLAUSES.has(word);
    const isJoin = OUTER.has(word) && added[at + 1] !== "(";
    return SET_OPERATORS.has(word) || isJoin || (word === "OR" && depth <= 0 && !isOwnCondition);
  });
}

function wordsOf(sql: string): readonly string[] {
  return tokenize(sql).map(({ text }) => text);
}
