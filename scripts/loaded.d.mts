export function loadedFrom(loader: string, folder: string | undefined): string;
export function isLoaded(note: string, warehouse: string, source: string): boolean;
export function rememberLoaded(note: string, warehouse: string, source: string): void;
