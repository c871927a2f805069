import type * as preact from "preact";
import { useState } from "preact/hooks";
import type { ColumnRef } from "../page-data.js";
import { datasetOf, nameOf } from "./format.js";
import { ColumnLink, ModelLink } from "./links.js";
import type { Project } from "./project.js";
import { href } from "./route.js";

/** One column: what it is made of, what is made of it, and what decides about its rows. */
export function Column({ project, at }: { readonly project: Project; readonly at: ColumnRef }) {
  const model = project.model(at[0]);
  const column = model.columns[at[1]];
  const conditions = column?.conditions ?? [];
  return (
    <>
      <header class="page-head">
        <p class="crumb">
          <a href={href("models")}>Models</a> / <bdi>{datasetOf(model.key)}</bdi> /{" "}
          <a href={href("model", model.key)}>
            <bdi>{nameOf(model.key)}</bdi>
          </a>
        </p>
        <h1>
          <bdi>{column?.name}</bdi>
        </h1>
        <p class="chips">
          <code class="chip">{column?.type}</code>
        </p>
        {column?.description !== "" && <p class="lead">{column?.description}</p>}
      </header>
      <section class="two">
        <div>
          <h2>Made of</h2>
          <Tree
            project={project}
            at={at}
            next={([place, index]) => project.model(place).columns[index]?.values ?? []}
            none={model.type === "source" ? "It is a source." : "No column: a constant, a count or the clock."}
          />
        </div>
        <div>
          <h2>Goes into</h2>
          <Tree project={project} at={at} next={(ref) => project.goesInto(ref)} none="No column of the project." />
        </div>
      </section>
      {conditions.length > 0 && (
        <section>
          <h2>Values chosen by</h2>
          <Refs project={project} refs={conditions} />
        </section>
      )}
      {model.rowsBy.length > 0 && (
        <section>
          <h2>
            Rows of <bdi>{nameOf(model.key)}</bdi> decided by
          </h2>
          <Refs project={project} refs={model.rowsBy} />
        </section>
      )}
    </>
  );
}

/** Columns by their models. */
function Refs({ project, refs }: { readonly project: Project; readonly refs: readonly ColumnRef[] }) {
  const places = [...new Set(refs.map(([place]) => place))];
  return (
    <dl class="refs">
      {places.map((place) => (
        <div key={place}>
          <dt>
            <ModelLink project={project} place={place} />
          </dt>
          {refs
            .filter(([model]) => model === place)
            .map(([, index]) => {
              const { key, columns } = project.model(place);
              const name = columns[index]?.name ?? "";
              return (
                <dd key={index}>
                  <a href={href("model", key, name)}>
                    <bdi>{name}</bdi>
                  </a>
                </dd>
              );
            })}
        </div>
      ))}
    </dl>
  );
}

interface TreeProps {
  readonly project: Project;
  readonly at: ColumnRef;
  next(at: ColumnRef): readonly ColumnRef[];
  readonly none: string;
}

function Tree({ project, at, next, none }: TreeProps) {
  const refs = next(at);
  if (refs.length === 0) return <p class="empty">{none}</p>;
  return <Branch project={project} refs={refs} next={next} path={[at.join(".")]} depth={0} />;
}

interface BranchProps extends Pick<TreeProps, "project" | "next"> {
  readonly refs: readonly ColumnRef[];
  /** The columns that lead here, so that a circle ends. */
  readonly path: readonly string[];
  readonly depth: number;
}

/** Below this depth, and where there is much, branches are opened on demand. */
const OPEN_DEPTH = 3;
const MANY = 12;

function Branch({ project, refs, next, path, depth }: BranchProps) {
  return (
    <ul class="tree">
      {refs.map((ref) => {
        const key = ref.join(".");
        const below = path.includes(key) ? [] : next(ref);
        const link = <ColumnLink project={project} at={ref} />;
        if (below.length === 0) return <li key={key}>{link}</li>;
        return (
          <li key={key}>
            <Fold open={depth < OPEN_DEPTH && refs.length * below.length <= MANY} link={link} hidden={below.length}>
              {() => <Branch project={project} refs={below} next={next} path={[...path, key]} depth={depth + 1} />}
            </Fold>
          </li>
        );
      })}
    </ul>
  );
}

interface FoldProps {
  readonly open: boolean;
  readonly link: preact.ComponentChildren;
  readonly hidden: number;
  /** Made only when it is opened. */
  children(): preact.ComponentChildren;
}

function Fold({ open: openAtFirst, link, hidden, children }: FoldProps) {
  const [open, setOpen] = useState(openAtFirst);
  return (
    <>
      {link}{" "}
      <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "−" : `+${hidden}`}
        <span class="unseen">{open ? "hide what is behind it" : "show what is behind it"}</span>
      </button>
      {open && children()}
    </>
  );
}
