export const WORKED_EXAMPLES: readonly { readonly name: string; readonly sql: string; readonly stated: string }[];
