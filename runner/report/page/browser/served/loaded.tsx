import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

/** What the server is asked for; `again` other than before: it is asked anew, and what was there stays until then. */
export function useLoaded<T>(load: () => Promise<T>, again: string): { readonly value?: T; readonly wrong?: string } {
  const [state, setState] = useState<{ readonly value?: T; readonly wrong?: string }>({});
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (value) => isCurrent && setState({ value }),
      (cause: unknown) => isCurrent && setState({ wrong: cause instanceof Error ? cause.message : String(cause) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [again]);
  return state;
}

/** What was loaded, or why it is not there. */
export function Loaded<T>({
  of: { value, wrong },
  children,
}: {
  readonly of: { readonly value?: T; readonly wrong?: string };
  readonly children: (value: T) => ComponentChildren;
}) {
  if (wrong !== undefined) return <pre class="error">{wrong}</pre>;
  return value === undefined ? <p class="dim">Reading…</p> : children(value);
}
