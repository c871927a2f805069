/** A mistake of the user that one line explains; exit code 2. */
export class UserError extends Error {
  override readonly name = "UserError";
}
