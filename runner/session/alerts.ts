import { deliver, type Receivers } from "../alerts/deliver.js";
import { findAlerts } from "../alerts/find.js";
import { noticeOf, owedNotices } from "../alerts/notices.js";
import { type Finding, settleAlerts } from "../alerts/settle.js";
import type { EventListener } from "../events/events.js";
import { UserError } from "../graph/user-error.js";
import type { Window } from "../plan/types.js";
import type { DateRange, Warehouse } from "../port/port.js";
import { alertLimits } from "../project/alert-labels.js";
import { readTextInProject } from "../project/read-file.js";
import { type LoggedAlert, openOf, readAlerts, writeAlerts } from "../state/alerts-log.js";
import { migrateState } from "../state/migrate.js";
import { newestBuiltDate } from "../state/model-state.js";
import type { ProjectSession } from "./session.js";

export interface AlertRequest {
  /** The dates that rules are asked about; undefined: the last ones that were built. */
  readonly window: Window;
  /** All of the window's dates, not only the last ones. */
  readonly everyDate: boolean;
  readonly now: Date;
  readonly runId: string | undefined;
  readonly print: Receivers["print"];
  readonly emit: EventListener;
}

/** What the rules say of a warehouse. */
export interface AlertState {
  readonly window: DateRange;
  readonly opened: readonly LoggedAlert[];
  readonly resolved: readonly LoggedAlert[];
  /** All that are open now, the most severe first. */
  readonly open: readonly LoggedAlert[];
  /** Rules that could not be asked. */
  readonly failed: readonly string[];
}

/**
 * Asks every rule of the project, brings the log up to date and tells the receivers what is new. A rule that cannot be asked, or a
 * receiver that does not answer, is told and fails nothing.
 * @throws UserError when the file of a rule is not there
 */
export async function checkAlerts(session: ProjectSession, request: AlertRequest): Promise<AlertState> {
  const { warehouse, settings, projectDir } = session;
  const { stateDataset, alerts } = settings;
  const { emit, runId } = request;
  const now = request.now.toISOString();
  const slowAfter = alertLimits(session.loaded.manifest);
  const textOf = ({ sql }: { readonly sql: string }) => {
    const text = readTextInProject(projectDir, sql);
    if (text === undefined) throw new UserError(`fastbreak.json: the alert file ${sql} is not there`);
    return text;
  };
  await warehouse.transaction((transaction) => migrateState(transaction, stateDataset));
  const window = await datesOf(session, request);
  const findings: Finding[] = [];
  const asked = new Set<string>();
  for (const [name, rule] of Object.entries(alerts.rules)) {
    try {
      findings.push(...(await findAlerts(warehouse, name, rule, { stateDataset, ...window, now, slowAfter, textOf })));
      asked.add(name);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      emit({ event: "alert_rule_failed", rule: name, message: cause instanceof Error ? cause.message : String(cause) });
    }
  }
  const scope = { rules: asked, ...window };
  const { opened, resolved } = await warehouse.transaction(async (transaction) => {
    const settled = settleAlerts(await readAlerts(transaction, stateDataset), findings, scope, { time: now, runId });
    await writeAlerts(transaction, stateDataset, [...settled.opened, ...settled.resolved]);
    return settled;
  });
  for (const alert of opened) if (!alert.informational) emit({ event: "alert_opened", alert: noticeOf(alert) });
  for (const alert of resolved)
    if (!alert.informational)
      emit({ event: "alert_resolved", alert: noticeOf(alert), resolution: alert.resolution ?? "" });
  await tellReceivers(session, now, request.print, emit);
  const failed = Object.keys(alerts.rules).filter((name) => !asked.has(name));
  return { window, opened, resolved, open: await openAlerts(warehouse, stateDataset), failed };
}

/** The open alerts, the most severe first; none where no log is kept. */
export async function openAlerts(warehouse: Warehouse, stateDataset: string): Promise<readonly LoggedAlert[]> {
  return openOf(await warehouse.observe((observation) => readAlerts(observation, stateDataset)));
}

/** Notices that a receiver did not take stay owed. */
async function tellReceivers(
  { warehouse, settings, projectDir }: ProjectSession,
  now: string,
  print: Receivers["print"],
  emit: EventListener,
): Promise<void> {
  const { stateDataset, alerts } = settings;
  const log = await warehouse.observe((observation) => readAlerts(observation, stateDataset));
  const owed = owedNotices(log);
  if (owed.length === 0) return;
  const source = `fastbreak/${stateDataset}`;
  const receivers = { sinks: alerts.sinks, projectDir, source, variables: process.env, print };
  const isTaken = await deliver(owed, receivers, (sink, message) =>
    emit({ event: "alert_undelivered", sink, message }),
  );
  if (!isTaken) return;
  const told = owed.map(({ kind, alert }) =>
    kind === "opened" ? { ...alert, notifiedAt: now } : { ...alert, resolutionNotifiedAt: now },
  );
  await warehouse.transaction((transaction) => writeAlerts(transaction, stateDataset, told));
}

/** Where nothing that was built has a date, rules say themselves which dates they are about. */
const ALL_DATES: DateRange = { from: "0001-01-01", to: "9999-12-31" };

/** The dates that rules are asked about: those of the window, without `everyDate` its last ones. */
async function datesOf(
  { warehouse, settings }: ProjectSession,
  { window, everyDate, now }: AlertRequest,
): Promise<DateRange> {
  if (window !== undefined && everyDate) return window;
  const today = now.toISOString().slice(0, 10);
  const newest = () => warehouse.transaction((seen) => newestBuiltDate(seen, settings.stateDataset, today));
  const to = window?.to ?? (await newest());
  if (to === undefined) return ALL_DATES;
  const first = new Date(Date.parse(to) - (settings.alerts.days - 1) * 86_400_000).toISOString().slice(0, 10);
  return { from: window !== undefined && window.from > first ? window.from : first, to };
}
