interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The body is a file of its own. */
  readonly body_bin?: string;
}

/** One exchange as the service answered it. */
export interface ExchangeCase {
  readonly id: string;
  readonly kind: "http";
  readonly setup: string | null;
  readonly before: readonly (Request & {
    /** Names that fields of the answer are kept under, by dotted paths. */
    readonly capture?: Readonly<Record<string, string>>;
    /** The name of the job to wait for. */
    readonly await_job?: string;
  })[];
  readonly request: Request;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `<*>`: any value. */
  readonly body: unknown;
}

interface Parameter {
  readonly name?: string;
  readonly type: string | Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** One query job as the service ran it. */
export interface JobCase {
  readonly id: string;
  readonly kind: "job";
  readonly setup: string | null;
  readonly sql: string;
  readonly jobConfig: Readonly<Record<string, unknown>>;
  readonly parameters: readonly never[] | { readonly mode: string; readonly parameters: readonly Parameter[] };
  readonly schema?: readonly { readonly name: string; readonly type: string; readonly mode: string }[];
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  readonly job?: Readonly<Record<string, unknown>> | null;
  readonly error?: { readonly reason: string; readonly message_pattern: string };
}

export type RestCase = ExchangeCase | JobCase;

export interface RestScore {
  readonly verdict: "equal" | "different" | "no verdict";
  readonly detail: string;
}

export const EQUAL: RestScore = { verdict: "equal", detail: "" };

export function different(detail: string): RestScore {
  return { verdict: "different", detail };
}
