/** A literal of the given GoogleSQL type; NULL keeps the type by a cast. */
export function googlesqlLiteral(type: string, value: unknown): string;
