const TOKENS =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<text>'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?<name>`[^`\n]*`)|(?<js>\$\{[^}\n]*\})|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>\b[A-Za-z_]\w*\b)/g;

const KEYWORDS = new Set(
  (
    "ALL AND ANY ARRAY AS ASC BETWEEN BY CASE CAST CREATE CROSS CURRENT DECLARE DELETE DESC DISTINCT ELSE END EXCEPT EXISTS FALSE FOLLOWING FOR " +
    "FROM FULL GROUP HAVING IF IN INNER INSERT INTERSECT INTERVAL INTO IS JOIN LEFT LIKE LIMIT MERGE NOT NULL OFFSET ON OR ORDER OUTER OVER " +
    "PARTITION PIVOT PRECEDING QUALIFY RANGE RECURSIVE REPLACE RIGHT ROLLUP ROWS SELECT SET STRUCT TABLE THEN TRUE UNBOUNDED UNION UNNEST UPDATE " +
    "USING VALUES VIEW WHEN WHERE WINDOW WITH"
  ).split(" "),
);

/** SQL as it is written, with colours for what is no name. */
export function Sql({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="code" aria-label={label} tabIndex={0}>
      <pre dir="ltr">
        <code>{painted(text)}</code>
      </pre>
    </section>
  );
}

/** Colouring more than this takes longer than anybody waits. */
const LONGEST = 60_000;

function painted(text: string) {
  if (text.length > LONGEST) return text;
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const kind = kindOf(match);
    if (kind === undefined) continue;
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push(
      <span class={`t-${kind}`} key={match.index}>
        {match[0]}
      </span>,
    );
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

function kindOf({ groups = {} }: RegExpMatchArray): string | undefined {
  if (groups.word !== undefined) return KEYWORDS.has(groups.word.toUpperCase()) ? "keyword" : undefined;
  return Object.keys(groups).find((name) => groups[name] !== undefined);
}
