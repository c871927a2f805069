import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import type { PageData } from "../page-data.js";
import { App } from "./app.js";
import { IDLE, type Live, LiveContext, type Progress } from "./live.js";
import type { Message, Server } from "./server.js";

/** The pages over a server: they follow what happens. */
export function LiveApp({ server, first }: { readonly server: Server; readonly first: PageData }) {
  const [data, setData] = useState(first);
  const [progress, tell] = useReducer(next, IDLE);
  const live = useMemo((): Live => {
    const show = async (window: PageData["window"]) => setData(await server.page(window));
    return {
      progress,
      window: data.window,
      run: (request) => server.run(request),
      query: (sql) => server.query(sql),
      plan: show,
    };
  }, [server, progress, data]);
  useEffect(() => {
    const stop = new AbortController();
    void server.follow((message) => {
      tell(message);
      if (message.kind === "changed") void server.page(null).then(setData, () => undefined);
    }, stop.signal);
    return () => stop.abort();
  }, [server]);
  return (
    <LiveContext.Provider value={live}>
      <App data={data} />
    </LiveContext.Provider>
  );
}

function next(progress: Progress, message: Message): Progress {
  if (message.kind === "failed") return { ...IDLE, message: message.message };
  if (message.kind === "changed") return { ...progress, isRunning: false, running: [] };
  const { event } = message;
  switch (event.event) {
    case "run_started":
      return { ...IDLE, isRunning: true, actions: event.actions };
    case "action_started":
      return { ...progress, running: [...progress.running, event.key] };
    case "action_finished": {
      const { key, status } = event.result;
      const finished = { ...progress.finished, [status]: (progress.finished[status] ?? 0) + 1 };
      return { ...progress, finished, running: progress.running.filter((own) => own !== key) };
    }
    case "run_finished":
      return { ...progress, isRunning: false, running: [], took: event.durationMs };
    default:
      return progress;
  }
}
