import { tokenize } from "../googlesql/lexer.js";
import type { IncrementalTexts, RunnableAction } from "../graph/action.js";

/**
 * Whether the incremental query gives rows that the full one, which has just made the table, may have left out: it reads a table that the
 * full one does not, or goes by other conditions and not by the table's own rows. What it only restricts further is all there already.
 * Statements around it that change the table's rows may do so to those of the full one, too.
 */
export function takesMore(action: RunnableAction): boolean {
  const { accumulating, incremental, node, uniqueKey } = action;
  if (!accumulating || incremental === undefined) return false;
  const read = new Set(action.reads.map(({ key }) => key));
  if (incremental.reads.some(({ key }) => key !== node.key && !read.has(key))) return true;
  // Without a key each run would add the same rows once more, and nobody could tell when they are all there.
  const goesByOwnRows = incremental.reads.some(({ key }) => key === node.key);
  const isMerged = uniqueKey.length > 0 && !goesByOwnRows;
  if (isMerged && !isRestricted(wordsOf(action.query), wordsOf(incremental.query))) return true;
  const changes = laterChanges(action, incremental);
  return changes.length > 0 && (uniqueKey.length > 0 || goesByOwnRows || changes.some(makesRoom));
}

/** The words of statements that change the table's own rows where it is there already, and only there. */
function laterChanges(
  { target, preOps, postOps, query }: RunnableAction,
  incremental: Pick<IncrementalTexts, "preOps" | "postOps" | "query">,
): readonly Words[] {
  const onlyLater = (later: readonly string[], earlier: readonly string[]) =>
    later.filter((text) => !earlier.includes(text) && text.includes(target.name)).map(upperWordsOf);
  // A query that is the full one gives all again that is removed before it, and one that goes by a variable mostly goes by that of DELETE.
  const givesAgain =
    query === incremental.query || incremental.preOps.some((text) => upperWordsOf(text).includes("DECLARE"));
  const full = upperWordsOf(query);
  const given = upperWordsOf(incremental.query);
  const before = onlyLater(incremental.preOps, preOps).filter(
    (words) => addsRows(words) || (!givesAgain && removesOthers(words, full, given)),
  );
  const after = onlyLater(incremental.postOps, postOps).filter((words) => addsRows(words) || makesRoom(words));
  return [...before, ...after];
}

type Words = readonly string[];

/** Whether statements add or change rows. */
function addsRows(words: Words): boolean {
  return words.includes("INSERT") || words.includes("UPDATE") || words.includes("MERGE");
}

/** Whether statements remove rows, so that the query may give them again. */
function makesRoom(words: Words): boolean {
  return words.includes("DELETE") || words.includes("TRUNCATE");
}

/** Whether statements before a query remove other rows than it gives: not those of its own condition, nor those that tables tell. */
function removesOthers(words: Words, full: Words, given: Words): boolean {
  if (words.includes("TRUNCATE")) return true;
  if (!words.includes("DELETE") || words.includes("SELECT")) return false;
  const condition = words.slice(words.indexOf("WHERE", words.indexOf("DELETE")) + 1);
  const end = condition.indexOf(";");
  return !isNarrowedBy(full, given, end < 0 ? condition : condition.slice(0, end));
}

/** Whether a text is another one, narrowed by a condition and by nothing else: rows of the condition are the same in both. */
function isNarrowedBy(text: Words, narrowed: Words, condition: Words): boolean {
  const ways = [
    { added: ["WHERE", ...condition], instead: [] },
    { added: ["AND", ...condition], instead: [] },
    { added: [...condition, "AND"], instead: [] },
    { added: condition, instead: ["TRUE"] },
  ];
  return narrowed.some((_, at) =>
    ways.some(
      ({ added, instead }) =>
        startsWith(narrowed, at, added) &&
        isEqual([...narrowed.slice(0, at), ...instead, ...narrowed.slice(at + added.length)], text),
    ),
  );
}

function startsWith(text: Words, at: number, words: Words): boolean {
  return words.every((word, offset) => text[at + offset] === word);
}

function isEqual(some: Words, others: Words): boolean {
  return some.length === others.length && startsWith(some, 0, others);
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
  // The last token, the end of the text, has none.
  return tokenize(sql).flatMap(({ text }) => (text === "" ? [] : [text]));
}

function upperWordsOf(sql: string): Words {
  return wordsOf(sql).map((word) => word.toUpperCase());
}
