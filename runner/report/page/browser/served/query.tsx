import { useRef, useState } from "preact/hooks";
import { plural } from "../format.js";
import { QueryForm } from "../query-form.js";
import { ResultTable } from "../result-table.js";
import type { Api, QueryAnswer } from "./api.js";

/** GoogleSQL as a client of the API runs it; a mistake is shown where it stands. */
export function Query({ api }: { readonly api: Api }) {
  const [sql, setSql] = useState("");
  const [asked, setAsked] = useState("");
  const [answer, setAnswer] = useState<QueryAnswer | undefined>(undefined);
  const [wrong, setWrong] = useState("");
  const [isAsking, setAsking] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const ask = async () => {
    setAsking(true);
    setWrong("");
    setAsked(sql);
    try {
      setAnswer(await api.query(sql));
    } catch (cause) {
      setAnswer(undefined);
      setWrong(cause instanceof Error ? cause.message : String(cause));
    }
    setAsking(false);
  };
  const place = placeOf(wrong, asked);
  const goThere = () => {
    if (place === undefined || asked !== sql) return;
    box.current?.focus();
    box.current?.setSelectionRange(place.start, place.end);
  };
  return (
    <>
      <header class="page-head">
        <h1>Query</h1>
      </header>
      <QueryForm
        sql={sql}
        isAsking={isAsking}
        isWrong={wrong !== ""}
        box={box}
        onChange={setSql}
        onAsk={() => void ask()}
      />
      <div aria-live="polite">
        {wrong !== "" && <pre class="error">{wrong}</pre>}
        {place !== undefined && (
          <>
            <pre class="sql">
              {place.before}
              <mark>{place.marked}</mark>
              {place.after}
            </pre>
            {asked === sql && (
              <button type="button" onClick={goThere}>
                Go to line {place.line}, column {place.column}
              </button>
            )}
          </>
        )}
        {answer !== undefined && answer.rows === null && (
          <p>{answer.changed === null ? "Done." : `${plural(answer.changed, "row")} changed.`}</p>
        )}
        {answer?.rows != null && <ResultTable caption="Rows of the query" rows={answer.rows} />}
      </div>
    </>
  );
}

/** Where a message says that the mistake is, with the line around it; undefined: it does not say. */
function placeOf(message: string, sql: string) {
  const [, lineText = "", columnText = ""] = /\[(\d+):(\d+)\]\s*$/.exec(message) ?? [];
  if (lineText === "") return undefined;
  const [line, column] = [Number(lineText), Number(columnText)];
  const lines = sql.split("\n");
  const text = lines[line - 1];
  if (text === undefined) return undefined;
  const from = column - 1;
  const [marked = " "] = /^(?:\w+|`[^`]*`|.)/u.exec(text.slice(from)) ?? [];
  const start = lines.slice(0, line - 1).reduce((sum, own) => sum + own.length + 1, 0) + from;
  return {
    line,
    column,
    start,
    end: start + marked.length,
    before: text.slice(0, from),
    marked,
    after: text.slice(from + marked.length),
  };
}
