import { useEffect, useMemo, useRef } from "preact/hooks";
import type { PageData } from "../page-data.js";
import { Column } from "./column.js";
import { time } from "./format.js";
import { Graph } from "./graph.js";
import { LiveStrip, useLive } from "./live.js";
import { Model } from "./model.js";
import { Models } from "./models.js";
import { Overview } from "./overview.js";
import { Project } from "./project.js";
import { Query } from "./query.js";
import { Report, Reports } from "./reports.js";
import { href, type Route, useRoute } from "./route.js";
import { Run, Runs } from "./runs.js";
import { ThemeButton } from "./theme.js";

const PAGES = [
  ["", "Overview"],
  ["graph", "Graph"],
  ["models", "Models"],
  ["runs", "Runs"],
  ["reports", "Reports"],
] as const;

/** What only live pages have. */
const LIVE_PAGES = [["query", "Query"]] as const;

export function App({ data }: { readonly data: PageData }) {
  const project = useMemo(() => new Project(data), [data]);
  const live = useLive();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const address = route.join("/");
  // Another page begins at its top, and is told to who cannot see it.
  useEffect(() => {
    document.title = `${main.current?.querySelector("h1")?.textContent ?? ""} · ${data.project}`;
    if (!first.current) {
      scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [address]);
  const [page = ""] = route;
  const at = page === "model" ? "models" : page;
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header class="top">
        <a class="brand" href={href()}>
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d="M3 10h5m-2 4h6m-8-8h9m2-2 4 6-4 6" />
          </svg>
          fastbreak
        </a>
        <nav aria-label="Pages">
          {[...PAGES, ...(live === undefined ? [] : LIVE_PAGES)].map(([name, title]) => (
            <a href={href(...(name === "" ? [] : [name]))} aria-current={at === name ? "page" : undefined} key={name}>
              {title}
            </a>
          ))}
        </nav>
        <ThemeButton />
      </header>
      <LiveStrip />
      <main id="main" tabIndex={-1} ref={main}>
        <Page project={project} route={route} />
      </main>
      <footer>
        <span>
          {time(data.createdAt)} UTC · fastbreak {data.version} on {data.engine}
          {data.window !== null && ` · dates ${data.window.from} to ${data.window.to}`}
        </span>
      </footer>
    </>
  );
}

function Page({ project, route }: { readonly project: Project; readonly route: Route }) {
  const [page, name, part] = route;
  const { data } = project;
  switch (page) {
    case undefined:
      return <Overview project={project} />;
    case "graph":
      return <Graph project={project} focus={name === undefined ? undefined : project.byKey.get(name)} />;
    case "models":
      return <Models project={project} />;
    case "model": {
      const place = project.byKey.get(name ?? "");
      if (place === undefined) break;
      if (part === undefined) return <Model project={project} place={place} key={name} />;
      const column = project.model(place).columns.findIndex((own) => own.name === part);
      if (column === -1) break;
      return <Column project={project} at={[place, column]} key={`${name}.${part}`} />;
    }
    case "query":
      return <Query />;
    case "runs": {
      if (name === undefined) return <Runs project={project} />;
      const run = data.runs.find(({ id }) => id === name);
      if (run === undefined) break;
      return <Run project={project} run={run} />;
    }
    case "reports": {
      if (name === undefined) return <Reports project={project} />;
      const report = data.reports.find((own) => own.name === name);
      if (report === undefined) break;
      return <Report report={report} />;
    }
  }
  return (
    <>
      <h1>Not here</h1>
      <p class="empty">
        Nothing in this project is called <bdi>{route.slice(route.length > 1 ? 1 : 0).join(" ")}</bdi>.{" "}
        <a href={href()}>Go to the overview</a>
      </p>
    </>
  );
}
