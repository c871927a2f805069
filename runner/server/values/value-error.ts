/** A value that does not fit its column; the message is BigQuery's. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  constructor(
    message: string,
    /** Dotted name of the field. */
    readonly field: string,
  ) {
    super(message);
  }
}
