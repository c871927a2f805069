import type { Ref } from "preact";

/** The box for a query, and what runs it. */
export function QueryForm({
  sql,
  isAsking,
  isWrong,
  box,
  onChange,
  onAsk,
}: {
  readonly sql: string;
  readonly isAsking: boolean;
  /** The answer before was that the query is wrong. */
  readonly isWrong: boolean;
  readonly box?: Ref<HTMLTextAreaElement>;
  readonly onChange: (sql: string) => void;
  readonly onAsk: () => void;
}) {
  return (
    <form
      class="query"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      <label>
        <span class="dim">GoogleSQL; Ctrl+Enter runs it</span>
        <textarea
          rows={8}
          spellcheck={false}
          value={sql}
          ref={box ?? null}
          aria-invalid={isWrong}
          onInput={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onAsk();
          }}
        />
      </label>
      <button type="submit" class="main" disabled={isAsking || sql.trim() === ""}>
        {isAsking ? "Running…" : "Run"}
      </button>
    </form>
  );
}
