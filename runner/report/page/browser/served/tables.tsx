import { plural } from "../format.js";
import { ResultTable } from "../result-table.js";
import { href } from "../route.js";
import { type TableColumn, VirtualTable } from "../virtual-table.js";
import type { Api, Field, Listed, Table as TableOf } from "./api.js";
import { Loaded, useLoaded } from "./loaded.js";

/** Every table and view. */
export function Tables({ api }: { readonly api: Api }) {
  const tables = useLoaded(() => api.tables(), "tables");
  const columns: readonly TableColumn<Listed>[] = [
    { title: "Dataset", cell: ({ dataset }) => <bdi>{dataset}</bdi>, order: ({ dataset }) => dataset },
    {
      title: "Table",
      cell: ({ dataset, name }) => (
        <a href={href("table", dataset, name)}>
          <bdi>{name}</bdi>
        </a>
      ),
      order: ({ name }) => name,
    },
    { title: "Kind", cell: ({ type }) => type.toLowerCase().replaceAll("_", " "), order: ({ type }) => type },
  ];
  return (
    <>
      <header class="page-head">
        <h1>Tables</h1>
      </header>
      <Loaded of={tables}>
        {(rows) =>
          rows.length === 0 ? (
            <p class="empty">There are no tables yet.</p>
          ) : (
            <VirtualTable
              caption="Tables and views"
              columns={columns}
              rows={rows}
              keyOf={({ dataset, name }) => `${dataset}.${name}`}
            />
          )
        }
      </Loaded>
    </>
  );
}

/** A table with its columns and first rows. */
export function Table({ api, dataset, name }: { readonly api: Api; readonly dataset: string; readonly name: string }) {
  const found = useLoaded(async () => {
    const table = await api.table(dataset, name);
    const rows =
      table.view === undefined && table.materializedView === undefined
        ? await api.rows(dataset, name, table)
        : (await api.query(`SELECT * FROM \`${dataset}\`.\`${name}\` LIMIT 1000`)).rows;
    return { table, rows };
  }, `${dataset}.${name}`);
  return (
    <>
      <header class="page-head">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p class="dim">
          in dataset <bdi>{dataset}</bdi>
        </p>
      </header>
      <Loaded of={found}>
        {({ table, rows }) => (
          <>
            <About table={table} />
            <h2>Columns</h2>
            <ul>
              {table.schema.fields.map((field) => (
                <Column field={field} key={field.name} />
              ))}
            </ul>
            <h2>Rows</h2>
            {rows === null ? <p class="empty">No rows.</p> : <ResultTable caption={`Rows of ${name}`} rows={rows} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function About({ table: { description, numRows, view, materializedView } }: { readonly table: TableOf }) {
  const { query } = view ?? materializedView ?? {};
  return (
    <>
      {description !== undefined && <p>{description}</p>}
      {query === undefined ? <p>{plural(Number(numRows ?? 0), "row")}</p> : <pre class="sql">{query}</pre>}
    </>
  );
}

function Column({ field: { name, type, mode, description, fields } }: { readonly field: Field }) {
  return (
    <li>
      <bdi>{name}</bdi> <span class="dim">{[type, mode === "NULLABLE" ? undefined : mode].join(" ").trim()}</span>
      {description !== undefined && ` ${description}`}
      {fields !== undefined && (
        <ul>
          {fields.map((inner) => (
            <Column field={inner} key={inner.name} />
          ))}
        </ul>
      )}
    </li>
  );
}
