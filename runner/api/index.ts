/**
 * fastbreak as a library: open a Dataform project, plan, run and verify it, and translate GoogleSQL. Loaders need only
 * `fastbreak/loader`.
 * @module
 */
export type { ActionStatus, EventListener, RunEvent } from "../events/events.js";
export type { RunTotals } from "../events/run-record.js";
export type { Relation, RowObject, SqlValue, TableDefinition, Transaction } from "../port/port.js";
export { relationKey } from "../port/port.js";
export type { Column, ScalarType, SqlType } from "../port/sql-types.js";
export type { ProjectOverrides } from "../project/compile/protocol.js";
export { VERSION } from "../version.js";
export { type FailureCode, FastbreakError } from "./errors.js";
export { openProject, type Project } from "./project.js";
export type { ProjectOptions, WorkRequest } from "./requests.js";
export type { ActionDocument, RunDocument, VerifiedModel } from "./results.js";
export { type KnownTable, type TranslatedSql, translateSql } from "./translate.js";
