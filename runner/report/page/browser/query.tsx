import { useState } from "preact/hooks";
import { plural } from "./format.js";
import { useLive } from "./live.js";
import { QueryForm } from "./query-form.js";
import { ResultTable } from "./result-table.js";
import type { Answer } from "./server.js";

/** GoogleSQL on the warehouse, as `fastbreak query` runs it. */
export function Query() {
  const live = useLive();
  const [sql, setSql] = useState("");
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  const [wrong, setWrong] = useState("");
  const [isAsking, setAsking] = useState(false);
  if (live === undefined) return <p class="empty">A report answers no queries; the pages of fastbreak ui do.</p>;
  const ask = async () => {
    setAsking(true);
    setWrong("");
    try {
      setAnswer(await live.query(sql));
    } catch (cause) {
      setAnswer(undefined);
      setWrong(cause instanceof Error ? cause.message : String(cause));
    }
    setAsking(false);
  };
  return (
    <>
      <header class="page-head">
        <h1>Query</h1>
      </header>
      <QueryForm sql={sql} isAsking={isAsking} isWrong={wrong !== ""} onChange={setSql} onAsk={() => void ask()} />
      <div aria-live="polite">
        {wrong !== "" && <pre class="error">{wrong}</pre>}
        {answer !== undefined && answer.rows === null && (
          <p>{answer.changed === null ? "Done." : `${plural(answer.changed, "row")} changed.`}</p>
        )}
        {answer?.rows != null && <ResultTable caption="Rows of the query" rows={answer.rows} />}
      </div>
    </>
  );
}
