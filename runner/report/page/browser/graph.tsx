import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { NODE_HEIGHT, NODE_WIDTH } from "../page-data.js";
import { datasetOf, nameOf } from "./format.js";
import { neighbourhood } from "./neighbourhood.js";
import type { Project } from "./project.js";
import { href } from "./route.js";
import { glyphPath, StandingMark, standingWord } from "./status.js";

interface View {
  readonly x: number;
  readonly y: number;
  /** Pixels of the screen a unit of the drawing. */
  readonly scale: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Below this scale names cannot be read and are not drawn. */
const READABLE = 0.42;
const SCALES = [0.03, 2.5] as const;

/** The graph of models; what is out of sight is not drawn. */
export function Graph({ project, focus }: { readonly project: Project; readonly focus: number | undefined }) {
  const { layout } = project.data;
  const box = useRef<SVGSVGElement>(null);
  const [size, setSize] = useState<Size>({ width: 960, height: 560 });
  const [view, setView] = useState<View | undefined>(undefined);
  const places = useMemo(() => new Map(layout.nodes.map(([model, x, y]) => [model, { x, y }])), [layout]);
  const near = useMemo(() => (focus === undefined ? undefined : neighbourhood(project, focus)), [project, focus]);
  const shown = view ?? fitted(layout, size, focus === undefined ? undefined : places.get(focus));
  useEffect(() => setView(undefined), [focus]);
  useEffect(() => {
    const measure = () => {
      const { width = 0, height = 0 } = box.current?.getBoundingClientRect() ?? {};
      if (width > 0 && height > 0) setSize({ width, height });
    };
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  const dragged = useDragging(shown, setView);
  if (layout.nodes.length === 0) return <p class="empty">The project has no models yet.</p>;
  const inSight = sight(shown, size);
  const nodes = layout.nodes.filter(([, x, y]) => overlaps(inSight, x, y, x, y));
  const edges = layout.edges.filter(([, , ...points]) => lineOverlaps(inSight, points));
  const zoom = (factor: number, at = { x: size.width / 2, y: size.height / 2 }) => setView(zoomed(shown, factor, at));
  const isDim = (model: number) => near !== undefined && !near.has(model);
  return (
    <>
      <header class="page-head">
        <h1>Graph</h1>
        <p class="chips">
          <StandingMark standing="run" />
          <StandingMark standing="fresh" />
          <StandingMark standing="failed" />
          <StandingMark standing="blocked" />
          <StandingMark standing="left" />
          <StandingMark standing="source" />
        </p>
      </header>
      <div class="graph">
        <div class="tools">
          <button type="button" onClick={() => zoom(1.3)} aria-label="Larger">
            +
          </button>
          <button type="button" onClick={() => zoom(1 / 1.3)} aria-label="Smaller">
            −
          </button>
          <button type="button" onClick={() => setView(fitted(layout, size, undefined))}>
            All
          </button>
          {focus !== undefined && <a href={href("graph")}>every model equal</a>}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand for a drawing */}
        <svg
          ref={box}
          role="group"
          aria-label="Models and sources; arrow keys go to what is read and to readers, Enter opens a model"
          onWheel={(event) => {
            event.preventDefault();
            const { left, top } = event.currentTarget.getBoundingClientRect();
            const at = { x: event.clientX - left, y: event.clientY - top };
            zoom(Math.exp(-event.deltaY * 0.0015), at);
          }}
          {...dragged}
        >
          <g transform={`translate(${shown.x} ${shown.y}) scale(${shown.scale})`}>
            {edges.map(([reader, read, ...points]) => (
              <path
                class={edgeClass(near, reader, read)}
                d={curve(points)}
                stroke-width={Math.max(1, 0.7 / shown.scale)}
                key={`${reader}-${read}`}
              />
            ))}
            {nodes.map(([model, x, y]) => (
              <Node
                project={project}
                model={model}
                x={x}
                y={y}
                isSmall={shown.scale < READABLE}
                isDim={isDim(model)}
                isFocus={model === focus}
                key={model}
                onKey={(event) => {
                  const next = neighbour(project, model, event.key, places);
                  if (next === undefined) return;
                  event.preventDefault();
                  const at = places.get(next);
                  if (at !== undefined) setView(centred(at, Math.max(shown.scale, READABLE), size));
                  requestAnimationFrame(() => document.getElementById(`node-${next}`)?.focus());
                }}
              />
            ))}
          </g>
        </svg>
      </div>
      <p class="dim">Drag to move, turn the wheel to zoom. The page of models has the same as a table.</p>
    </>
  );
}

interface NodeProps {
  readonly project: Project;
  readonly model: number;
  readonly x: number;
  readonly y: number;
  readonly isSmall: boolean;
  readonly isDim: boolean;
  readonly isFocus: boolean;
  onKey(event: KeyboardEvent): void;
}

function Node({ project, model, x, y, isSmall, isDim, isFocus, onKey }: NodeProps) {
  const { key, type } = project.model(model);
  const standing = project.standing(model);
  const checks = project.checks[model]?.length ?? 0;
  const place = `${datasetOf(key)}${checks > 0 ? ` · ${checks} checks` : ""}`;
  const label = `${nameOf(key)} ${place}, ${type === "source" ? type : `${type}, ${standingWord(standing)}`}`;
  const classes = [
    "node",
    `is-${standing}`,
    isSmall ? "is-small" : "",
    isDim ? "is-dim" : "",
    isFocus ? "is-focus" : "",
  ];
  return (
    <a
      id={`node-${model}`}
      class={classes.filter(Boolean).join(" ")}
      href={href("model", key)}
      aria-label={label}
      onKeyDown={onKey}
    >
      <g transform={`translate(${x - NODE_WIDTH / 2} ${y - NODE_HEIGHT / 2})`}>
        {(isSmall || nameOf(key).length > NAME_LETTERS) && <title>{label}</title>}
        <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx="6" />
        <rect class="stripe" width="4" height={NODE_HEIGHT} rx="2" />
        {!isSmall && (
          <>
            <path class="shape" d={glyphPath(standing)} transform="translate(13 9)" />
            {/* biome-ignore lint/a11y/noSvgWithoutTitle: it only clips the texts, and the link around it has a name */}
            <svg x="32" width={NODE_WIDTH - 38} height={NODE_HEIGHT}>
              <text class="name" x="0" y="19">
                {shortened(nameOf(key), NAME_LETTERS)}
              </text>{" "}
              <text class="place" x="0" y="34">
                {place}
              </text>
            </svg>
          </>
        )}
      </g>
    </a>
  );
}

/** Letters of a name that fit a node; a wide name is clipped besides. */
const NAME_LETTERS = Math.floor((NODE_WIDTH - 38) / 7.7);

/** A text that lacks its middle, where it is too long. */
function shortened(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - end).join("")}…${letters.slice(-end).join("")}`;
}

function edgeClass(near: ReadonlySet<number> | undefined, reader: number, read: number): string {
  if (near === undefined) return "edge";
  return near.has(reader) && near.has(read) ? "edge is-near" : "edge is-dim";
}

function curve(points: readonly number[]): string {
  const [x0 = 0, y0 = 0] = points;
  let path = `M${x0} ${y0}`;
  for (let i = 2; i + 1 < points.length; i += 2) {
    const [ax = 0, ay = 0, bx = 0, by = 0] = points.slice(i - 2, i + 2);
    const middle = (ax + bx) / 2;
    path += `C${middle} ${ay} ${middle} ${by} ${bx} ${by}`;
  }
  return path;
}

function fitted(layout: Project["data"]["layout"], size: Size, on: { x: number; y: number } | undefined): View {
  if (on !== undefined) return centred(on, 0.8, size);
  const scale = Math.min(1, (size.width - 32) / layout.width, (size.height - 32) / layout.height);
  return { scale, x: (size.width - layout.width * scale) / 2, y: (size.height - layout.height * scale) / 2 };
}

function centred({ x, y }: { x: number; y: number }, scale: number, size: Size): View {
  return { scale, x: size.width / 2 - x * scale, y: size.height / 2 - y * scale };
}

function zoomed({ x, y, scale }: View, factor: number, at: { x: number; y: number }): View {
  const next = Math.min(SCALES[1], Math.max(SCALES[0], scale * factor));
  const ratio = next / scale;
  return { scale: next, x: at.x - (at.x - x) * ratio, y: at.y - (at.y - y) * ratio };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The part of the drawing that is in sight, with a margin of one node. */
function sight({ x, y, scale }: View, { width, height }: Size): Box {
  return {
    left: -x / scale - NODE_WIDTH,
    top: -y / scale - NODE_HEIGHT,
    right: (width - x) / scale + NODE_WIDTH,
    bottom: (height - y) / scale + NODE_HEIGHT,
  };
}

function overlaps({ left, top, right, bottom }: Box, x0: number, y0: number, x1: number, y1: number): boolean {
  return x1 >= left && x0 <= right && y1 >= top && y0 <= bottom;
}

function lineOverlaps(box: Box, points: readonly number[]): boolean {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x = 0, y = 0] = points.slice(i, i + 2);
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  }
  return overlaps(box, x0, y0, x1, y1);
}

/** The node that an arrow key leads to. */
function neighbour(
  project: Project,
  model: number,
  key: string,
  places: ReadonlyMap<number, { readonly x: number; readonly y: number }>,
): number | undefined {
  const at = places.get(model);
  if (at === undefined) return undefined;
  const distance = (other: number) => Math.abs((places.get(other)?.y ?? 0) - at.y);
  const nearest = (candidates: readonly number[]) =>
    candidates.filter((other) => places.has(other)).sort((a, b) => distance(a) - distance(b))[0];
  switch (key) {
    case "ArrowLeft":
      return nearest(project.model(model).reads);
    case "ArrowRight":
      return nearest(project.readers[model] ?? []);
    case "ArrowUp":
    case "ArrowDown": {
      const sign = key === "ArrowUp" ? -1 : 1;
      const beside = [...places].filter(([, { x, y }]) => x === at.x && (y - at.y) * sign > 0);
      return nearest(beside.map(([other]) => other));
    }
    default:
      return undefined;
  }
}

function useDragging(view: View, setView: (view: View) => void) {
  const from = useRef<{ readonly x: number; readonly y: number; readonly view: View } | undefined>(undefined);
  return {
    onPointerDown(event: PointerEvent) {
      from.current = { x: event.clientX, y: event.clientY, view };
    },
    onPointerMove(event: PointerEvent & { readonly currentTarget: SVGSVGElement }) {
      const start = from.current;
      if (start === undefined || event.buttons === 0) return;
      const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
      // A click with an unsteady hand is no drag.
      if (Math.abs(dx) + Math.abs(dy) < 4) return;
      if (!event.currentTarget.hasPointerCapture(event.pointerId))
        event.currentTarget.setPointerCapture(event.pointerId);
      setView({ ...start.view, x: start.view.x + dx, y: start.view.y + dy });
    },
    onPointerUp() {
      from.current = undefined;
    },
  };
}
