import type { PageReport } from "../page-data.js";
import { chartsOf, LineChart } from "./chart.js";
import { count } from "./format.js";
import type { Project } from "./project.js";
import { ResultTable } from "./result-table.js";
import { href } from "./route.js";

export function Reports({ project }: { readonly project: Project }) {
  const { reports } = project.data;
  return (
    <>
      <header class="page-head">
        <h1>Reports</h1>
        <p class="lead">Queries that the project declares in fastbreak.json, answered when this page was made.</p>
      </header>
      {reports.length === 0 ? (
        <p class="empty">
          The project declares none. A SQL file under <code>reports</code> in <code>fastbreak.json</code> is shown here;
          with a date and numbers it becomes a chart.
        </p>
      ) : (
        <ul class="cards">
          {reports.map((report) => (
            <li key={report.name}>
              <a href={href("reports", report.name)}>
                <bdi>{report.name}</bdi>
              </a>
              <p>{report.description}</p>
              <Preview report={report} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Preview({ report: { rows, error } }: { readonly report: PageReport }) {
  if (rows === null) return <p class="error">{error}</p>;
  const [chart] = chartsOf(rows);
  if (chart !== undefined) return <LineChart chart={chart} small />;
  return <p class="dim">{count(rows.total)} rows</p>;
}

export function Report({ report }: { readonly report: PageReport }) {
  const { name, description, rows, error } = report;
  const charts = rows === null ? [] : chartsOf(rows);
  return (
    <>
      <header class="page-head">
        <p class="crumb">
          <a href={href("reports")}>Reports</a>
        </p>
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p class="lead">{description}</p>
      </header>
      {charts.length > 0 && (
        <section>
          <h2>Over time</h2>
          <div class="charts">
            {charts.map((chart) => (
              <LineChart chart={chart} key={chart.title} />
            ))}
          </div>
        </section>
      )}
      <section>
        <h2>Rows</h2>
        {rows === null ? <p class="error">{error}</p> : <ResultTable caption={`Rows of ${name}`} rows={rows} />}
      </section>
    </>
  );
}
