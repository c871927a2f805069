import type { PageRun } from "../page-data.js";
import { duration, time } from "./format.js";
import { href } from "./route.js";

/** The newest runs, oldest first: what each took, and what its skips have saved. */
export function Bars({ runs }: { readonly runs: readonly PageRun[] }) {
  const shown = runs.slice(0, 40).reverse();
  const longest = Math.max(1, ...shown.map(({ durationMs, savedMs }) => durationMs + savedMs));
  return (
    <figure class="bars">
      <ol>
        {shown.map((run) => (
          <li key={run.id}>
            <a href={href("runs", run.id)} aria-label={label(run)} title={label(run)}>
              <span class="bar saved" style={{ height: `${(100 * run.savedMs) / longest}%` }} />
              <span
                class={`bar ${run.status === "success" ? "spent" : "spent is-failed"}`}
                style={{ height: `${Math.max(2, (100 * run.durationMs) / longest)}%` }}
              />
            </a>
          </li>
        ))}
      </ol>
      <figcaption>
        <span class="key spent" /> took <span class="key saved" /> saved by skips, as those models usually take{" "}
        <span class="key is-failed" /> failed
      </figcaption>
    </figure>
  );
}

function label({ startedAt, durationMs, savedMs, status, totals, skipped }: PageRun): string {
  const ran = (totals.run ?? 0) + (totals.unchanged ?? 0);
  const failed = status === "success" ? "" : `, ${(totals.failed ?? 0) + (totals.blocked ?? 0)} failed or blocked`;
  return `${time(startedAt)}: ${ran} ran${failed}, ${skipped} skipped; took ${duration(durationMs)}, saved ${duration(savedMs)}`;
}
