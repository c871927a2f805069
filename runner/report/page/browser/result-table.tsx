import type { PageRows } from "../page-data.js";
import { count } from "./format.js";
import { type TableColumn, VirtualTable } from "./virtual-table.js";

type Row = PageRows["rows"][number];

const NUMBERS = new Set(["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC"]);

/** Rows of a query. */
export function ResultTable({ caption, rows }: { readonly caption: string; readonly rows: PageRows }) {
  const columns = rows.columns.map(([name, type], place): TableColumn<Row> => {
    const isNumber = NUMBERS.has(type);
    return {
      title: name,
      ...(isNumber ? { kind: "number" as const } : {}),
      cell: (row) => <Value value={row[place] ?? null} />,
      order: (row) => (isNumber ? Number(row[place] ?? Number.NEGATIVE_INFINITY) : String(row[place] ?? "")),
    };
  });
  if (rows.rows.length === 0) return <p class="empty">No rows.</p>;
  return (
    <>
      <VirtualTable caption={caption} columns={columns} rows={rows.rows} keyOf={(_, index) => String(index)} />
      {rows.total > rows.rows.length && (
        <p class="dim">
          The first {count(rows.rows.length)} of {count(rows.total)} rows.
        </p>
      )}
    </>
  );
}

function Value({ value }: { readonly value: string | number | boolean | null }) {
  if (value === null) return <span class="dim">NULL</span>;
  return <bdi title={String(value)}>{String(value)}</bdi>;
}
