import { Fragment } from "preact";
import type { ColumnRef } from "../page-data.js";
import { datasetOf, nameOf } from "./format.js";
import type { Project } from "./project.js";
import { href } from "./route.js";
import { Glyph } from "./status.js";

/** A model by its name, its dataset small beside it. */
export function ModelLink({ project, place }: { readonly project: Project; readonly place: number }) {
  const { key } = project.model(place);
  return (
    <a class="model-link" href={href("model", key)}>
      <Glyph standing={project.standing(place)} />
      <bdi>{nameOf(key)}</bdi> <bdi class="dim">{datasetOf(key)}</bdi>
    </a>
  );
}

/** A text with paths in it, which break behind a folder before they break within a name. */
export function Breakable({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/(?<=\/)/).map((part, index) => (
        <Fragment key={`${index}${part}`}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </>
  );
}

/** A column of a model. */
export function ColumnLink({ project, at: [model, column] }: { readonly project: Project; readonly at: ColumnRef }) {
  const { key, columns } = project.model(model);
  const name = columns[column]?.name ?? "";
  return (
    <a href={href("model", key, name)}>
      <bdi class="dim">{nameOf(key)}.</bdi>
      <bdi>{name}</bdi>
    </a>
  );
}
