import type { PageRows } from "../page-data.js";
import { short } from "./format.js";

interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One number of a report over its dates, a line for each text that stands beside it. */
export interface Chart {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly series: readonly Series[];
}

const NUMBERS = new Set(["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC"]);
const MOST_SERIES = 8;
const MOST_CHARTS = 8;

/** The charts of a report: it needs a date, two of them at least, and a number. */
export function chartsOf({ columns, rows }: PageRows): readonly Chart[] {
  const date = columns.findIndex(([, type]) => type === "DATE" || type === "TIMESTAMP" || type === "DATETIME");
  const text = columns.findIndex(([, type]) => type === "STRING");
  if (date === -1) return [];
  const dated = rows.flatMap((row) => {
    const at = Date.parse(
      String(row[date])
        .replace(" ", "T")
        .replace(/\+00(:00)?$/, "Z"),
    );
    return Number.isNaN(at) ? [] : [{ at, row }];
  });
  if (new Set(dated.map(({ at }) => at)).size < 2) return [];
  // A text that stands beside every date once tells of the date, and makes no line of its own.
  const isSplit = text !== -1 && new Set(dated.map(({ at }) => at)).size < dated.length;
  const names = !isSplit ? [""] : [...new Set(rows.map((row) => String(row[text] ?? "")))];
  const [first, last] = [Math.min(...dated.map(({ at }) => at)), Math.max(...dated.map(({ at }) => at))];
  return columns
    .flatMap(([name, type], place) => (NUMBERS.has(type) && place !== date ? [{ name, place }] : []))
    .slice(0, MOST_CHARTS)
    .map(({ name, place }): Chart => {
      const series = names.slice(0, MOST_SERIES).map((label): Series => {
        const own = dated.filter(({ row }) => !isSplit || String(row[text] ?? "") === label);
        const points = own.flatMap(({ at, row }) => {
          const value = row[place];
          return value === null || value === undefined ? [] : [[at, Number(value)] as const];
        });
        return { name: label, points: points.sort(([a], [b]) => a - b) };
      });
      return { title: name, from: day(first), to: day(last), series: series.filter(({ points }) => points.length > 0) };
    })
    .filter(({ series }) => series.length > 0);
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

const [WIDTH, HEIGHT] = [420, 170];
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 10, 10, 22];

export function LineChart({ chart, small = false }: { readonly chart: Chart; readonly small?: boolean }) {
  const all = chart.series.flatMap(({ points }) => points);
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = niceRange(Math.min(...ys), Math.max(...ys));
  const x = (value: number) => LEFT + ((value - x0) / Math.max(1, x1 - x0)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const ticks = [low, (low + high) / 2, high];
  const names = chart.series.map(({ name }) => name).filter((name) => name !== "");
  return (
    <figure class={small ? "chart small" : "chart"}>
      <figcaption>
        <bdi>{chart.title}</bdi>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${chart.title} from ${chart.from} to ${chart.to}, between ${short(Math.min(...ys))} and ${short(Math.max(...ys))}`}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text class="tick" x={LEFT - 6} y={y(tick) + 3.5} text-anchor="end">
              {short(tick)}
            </text>
          </g>
        ))}
        <text class="tick" x={LEFT} y={HEIGHT - 6}>
          {chart.from}
        </text>
        <text class="tick" x={WIDTH - RIGHT} y={HEIGHT - 6} text-anchor="end">
          {chart.to}
        </text>
        {chart.series.map(({ name, points }, index) => (
          <g class={`series s${index % MOST_SERIES}`} key={name}>
            <path
              d={points.map(([a, b], i) => `${i === 0 ? "M" : "L"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("")}
            />
            {points.length < 40 &&
              points.map(([a, b]) => <circle cx={x(a).toFixed(1)} cy={y(b).toFixed(1)} r="2" key={a} />)}
          </g>
        ))}
      </svg>
      {names.length > 0 && !small && (
        <ul class="legend">
          {chart.series.map(({ name }, index) => (
            <li key={name}>
              <svg class={`series s${index % MOST_SERIES}`} viewBox="0 0 24 8" width="24" height="8" aria-hidden="true">
                <path d="M0 4H24" />
              </svg>
              <bdi>{name}</bdi>
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

/** A range that holds all values, and zero where it is near. */
function niceRange(low: number, high: number): readonly [number, number] {
  if (low === high) return low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
  const isNearZero = low > 0 && low < (high - low) * 1.5;
  return [isNearZero ? 0 : low, high];
}
