import { render } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { href, useRoute } from "../route.js";
import { ThemeButton } from "../theme.js";
import { Api } from "./api.js";
import { Jobs } from "./jobs.js";
import { Query } from "./query.js";
import { Table, Tables } from "./tables.js";

const PAGES = [
  ["", "Tables"],
  ["jobs", "Jobs"],
  ["query", "Query"],
] as const;

/** The page of a server that speaks as BigQuery does: it is one of its clients. */
function Served({ api }: { readonly api: Api }) {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const [page = "", dataset = "", name = ""] = route;
  const address = route.join("/");
  useEffect(() => {
    document.title = `${main.current?.querySelector("h1")?.textContent ?? ""} · fastbreak serve`;
  }, [address]);
  const at = page === "table" ? "" : page;
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header class="top">
        <a class="brand" href={href()}>
          fastbreak serve
        </a>
        <nav aria-label="Pages">
          {PAGES.map(([own, title]) => (
            <a href={href(...(own === "" ? [] : [own]))} aria-current={at === own ? "page" : undefined} key={own}>
              {title}
            </a>
          ))}
        </nav>
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {page === "jobs" ? (
          <Jobs api={api} />
        ) : page === "query" ? (
          <Query api={api} />
        ) : page === "table" ? (
          <Table api={api} dataset={dataset} name={name} key={address} />
        ) : (
          <Tables api={api} />
        )}
      </main>
    </>
  );
}

function Start() {
  const api = useMemo(() => new Api(document.body.dataset.project ?? "local"), []);
  return <Served api={api} />;
}

const root = document.getElementById("app");
if (root !== null) {
  root.textContent = "";
  render(<Start />, root);
}
