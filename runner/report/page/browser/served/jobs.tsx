import { useEffect, useState } from "preact/hooks";
import { duration, time } from "../format.js";
import { type TableColumn, VirtualTable } from "../virtual-table.js";
import type { Api, Job } from "./api.js";
import { Loaded, useLoaded } from "./loaded.js";

const AGAIN_MS = 2000;

/** Every job, the newest first; it follows what happens. */
export function Jobs({ api }: { readonly api: Api }) {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setRound((last) => last + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const jobs = useLoaded(() => api.jobs(), String(round));
  return (
    <>
      <header class="page-head">
        <h1>Jobs</h1>
      </header>
      <Loaded of={jobs}>
        {(rows) =>
          rows.length === 0 ? (
            <p class="empty">No job has run yet.</p>
          ) : (
            <VirtualTable caption="Jobs, the newest first" columns={COLUMNS} rows={rows} keyOf={({ id }) => id} />
          )
        }
      </Loaded>
    </>
  );
}

const begun = ({ statistics }: Job): number => Number(statistics.startTime ?? statistics.creationTime);
const took = ({ statistics }: Job): number | undefined =>
  statistics.endTime === undefined ? undefined : Number(statistics.endTime) - Number(statistics.startTime);

const COLUMNS: readonly TableColumn<Job>[] = [
  {
    title: "Begun (UTC)",
    cell: (job) =>
      `${time(new Date(begun(job)).toISOString())}:${String(new Date(begun(job)).getUTCSeconds()).padStart(2, "0")}`,
    order: begun,
  },
  {
    title: "Kind",
    cell: ({ configuration, statistics }) =>
      (statistics.query?.statementType ?? configuration.jobType).replaceAll("_", " "),
    order: ({ configuration }) => configuration.jobType,
  },
  {
    title: "Took",
    kind: "number",
    cell: (job) => {
      const ms = took(job);
      return ms === undefined ? "" : duration(ms);
    },
    order: (job) => took(job) ?? 0,
  },
  {
    title: "Ended",
    cell: ({ state, errorResult }) =>
      errorResult === undefined ? (
        state === "DONE" ? (
          "done"
        ) : (
          state.toLowerCase()
        )
      ) : (
        <span class="error" title={errorResult.message}>
          {errorResult.message}
        </span>
      ),
    order: ({ state, errorResult }) => errorResult?.message ?? state,
  },
  {
    title: "Text",
    cell: ({ configuration }) => (
      <bdi title={configuration.query?.query}>{configuration.query?.query.replaceAll(/\s+/g, " ").slice(0, 200)}</bdi>
    ),
    order: ({ configuration }) => configuration.query?.query ?? "",
  },
];
