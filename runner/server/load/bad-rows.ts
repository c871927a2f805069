import { ApiError, type ErrorProto } from "../protocol/errors.js";

/** Counts rows that do not fit; more than the job allows end it. */
export class BadRows {
  readonly errors: ErrorProto[] = [];
  /** Where the file lies that is read; undefined: it came with the job. */
  uri: string | undefined;

  constructor(readonly most: number) {}

  add(problem: string): void {
    const message = this.uri === undefined ? problem : `${problem} File: ${this.uri}`;
    const proto = { reason: "invalid", message };
    this.errors.push(proto);
    if (this.errors.length > this.most)
      throw new ApiError("invalid", `Error while reading data, error message: ${message}`);
  }
}
