import { useState } from "preact/hooks";
import { plural } from "./format.js";
import { useLive } from "./live.js";
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
      <form
        class="query"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <label>
          <span class="dim">GoogleSQL; Ctrl+Enter runs it</span>
          <textarea
            rows={8}
            spellcheck={false}
            value={sql}
            onInput={(event) => setSql(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void ask();
            }}
          />
        </label>
        <button type="submit" class="main" disabled={isAsking || sql.trim() === ""}>
          {isAsking ? "Running…" : "Run"}
        </button>
      </form>
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
