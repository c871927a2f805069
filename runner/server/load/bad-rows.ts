import { ApiError, type ErrorProto } from "../protocol/errors.js";

/** Counts rows that do not fit; more than the job allows end it. */
export class BadRows {
  readonly errors: ErrorProto[] = [];

  constructor(readonly most: number) {}

  add(message: string): void {
    const proto = { reason: "invalid", message };
    this.errors.push(proto);
    if (this.errors.length > this.most)
      throw new ApiError("invalid", `Error while reading data, error message: ${message}`);
  }
}
