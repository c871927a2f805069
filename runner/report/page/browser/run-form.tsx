import { useState } from "preact/hooks";
import { useLive } from "./live.js";

/** Runs what is selected, as the command line below it would; nothing in a report. */
export function RunForm({ select: suggested }: { readonly select: string }) {
  const live = useLive();
  const [select, setSelect] = useState(suggested);
  const [from, setFrom] = useState(live?.window?.from ?? "");
  const [to, setTo] = useState(live?.window?.to ?? "");
  const [fullRefresh, setFullRefresh] = useState(false);
  const [wrong, setWrong] = useState("");
  const [isPlanning, setPlanning] = useState(false);
  if (live === undefined) return null;
  const window = from === "" || to === "" ? null : { from, to };
  const selectors = select.split(/\s+/).filter(Boolean);
  const command = [
    "fastbreak run",
    ...(selectors.length === 0 ? [] : [`--select ${selectors.map(quoted).join(" ")}`]),
    ...(window === null ? [] : [`--from ${window.from} --to ${window.to}`]),
    ...(fullRefresh ? ["--full-refresh"] : []),
  ].join(" ");
  const attempt = async (work: () => Promise<void>) => {
    setWrong("");
    try {
      await work();
    } catch (cause) {
      setWrong(cause instanceof Error ? cause.message : String(cause));
    }
  };
  const plan = async () => {
    setPlanning(true);
    await attempt(() => live.plan(window));
    setPlanning(false);
  };
  return (
    <form
      class="run-form"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(() => live.run({ select: selectors, window, fullRefresh }));
      }}
    >
      <label>
        <span>Select</span>
        <input
          type="text"
          placeholder="everything"
          autocomplete="off"
          spellcheck={false}
          value={select}
          onInput={(event) => setSelect(event.currentTarget.value)}
        />
      </label>
      <label>
        <span>From</span>
        <input type="date" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        <span>To</span>
        <input type="date" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={fullRefresh}
          onChange={(event) => setFullRefresh(event.currentTarget.checked)}
        />
        full refresh
      </label>
      <button type="button" disabled={isPlanning || live.progress.isRunning} onClick={() => void plan()}>
        {isPlanning ? "Planning…" : "Plan"}
      </button>
      <button type="submit" class="main" disabled={live.progress.isRunning}>
        Run
      </button>
      <code class="clip">{command}</code>
      {wrong !== "" && (
        <p class="error" role="alert">
          {wrong}
        </p>
      )}
    </form>
  );
}

function quoted(selector: string): string {
  return /^[\w.+@:,/-]+$/.test(selector) ? selector : `'${selector.replaceAll("'", `'\\''`)}'`;
}
