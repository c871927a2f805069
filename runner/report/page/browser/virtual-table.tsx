import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface TableColumn<Row> {
  readonly title: string;
  /** Class of its cells. */
  readonly kind?: "number" | "wide" | "bar";
  cell(row: Row): ComponentChildren;
  /** By what rows are put in order when its title is pressed. */
  readonly order?: (row: Row) => string | number;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row, index: number): string;
}

const ROW_HEIGHT = 34;
/** Below this all rows are drawn. */
const FEW = 60;
const MARGIN = 12;

interface Order {
  readonly column: number;
  readonly down: boolean;
}

/** A table of any length: only the rows in sight are drawn. */
export function VirtualTable<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  const [order, setOrder] = useState<Order | undefined>(undefined);
  const sorted = sortedRows(rows, columns, order);
  const body = useRef<HTMLTableSectionElement>(null);
  const [first, last] = useVisible(body, sorted.length);
  const shown = sorted.slice(first, last);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="table-scroll" aria-label={caption} tabIndex={0}>
      <table aria-rowcount={sorted.length + 1}>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th scope="col" class={column.kind ?? ""} aria-sort={sortOf(order, index)} key={column.title}>
                {column.order === undefined ? (
                  column.title
                ) : (
                  <button type="button" class="sort" onClick={() => setOrder(nextOrder(order, index))}>
                    {column.title}
                    <span aria-hidden="true">{order?.column === index ? (order.down ? " ↓" : " ↑") : ""}</span>
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Gap rows={first} columns={columns.length} />
          {shown.map((row, index) => (
            <tr key={keyOf(row, first + index)} aria-rowindex={first + index + 2}>
              {columns.map((column) => (
                <td class={column.kind ?? ""} key={column.title}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap rows={sorted.length - last} columns={columns.length} />
        </tbody>
      </table>
    </section>
  );
}

/** Stands for rows that are out of sight. */
function Gap({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr class="gap">
      <td colSpan={columns} style={{ height: `${rows * ROW_HEIGHT}px` }} />
    </tr>
  );
}

function useVisible(body: { readonly current: HTMLElement | null }, rows: number): readonly [number, number] {
  const [range, setRange] = useState<readonly [number, number]>([0, Math.min(rows, FEW)]);
  const look = () => {
    const { current } = body;
    if (current === null) return;
    const top = current.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / ROW_HEIGHT) - MARGIN);
    const last = Math.min(rows, Math.ceil((innerHeight - top) / ROW_HEIGHT) + MARGIN);
    setRange(([a, b]) => (a === first && b === last ? [a, b] : [first, Math.max(first, last)]));
  };
  useLayoutEffect(look, [rows]);
  useEffect(() => {
    if (rows <= FEW) return undefined;
    addEventListener("scroll", look, { passive: true, capture: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look, { capture: true });
      removeEventListener("resize", look);
    };
  }, [rows]);
  if (rows <= FEW) return [0, rows];
  return [Math.min(range[0], rows), Math.min(range[1], rows)];
}

function sortedRows<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[], order: Order | undefined) {
  const by = order === undefined ? undefined : columns[order.column]?.order;
  if (order === undefined || by === undefined) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    return (x < y ? -1 : x > y ? 1 : 0) * sign;
  });
}

function nextOrder(order: Order | undefined, column: number): Order {
  return order?.column === column ? { column, down: !order.down } : { column, down: false };
}

function sortOf(order: Order | undefined, column: number): "ascending" | "descending" | "none" {
  if (order?.column !== column) return "none";
  return order.down ? "descending" : "ascending";
}
