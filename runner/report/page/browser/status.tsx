import type { Standing } from "./project.js";

/** Each standing has a colour, a shape and a word: none of them says it alone. */
const STANDINGS: Readonly<Record<Standing, { readonly word: string; readonly shape: string }>> = {
  fresh: { word: "up to date", shape: "M2.5 6.5 5 9l4.5-6" },
  run: { word: "has work", shape: "M3.5 2.2 9.5 6l-6 3.8z" },
  failed: { word: "failed", shape: "m3 3 6 6m0-6-6 6" },
  blocked: { word: "blocked", shape: "M2 2h8v8H2z" },
  left: { word: "left out", shape: "M2.5 6h7" },
  source: { word: "source", shape: "M6 1.8 10.2 6 6 10.2 1.8 6z" },
};

const BY_STATUS: Readonly<Record<string, { readonly standing: Standing; readonly word: string }>> = {
  success: { standing: "fresh", word: "done" },
  unchanged: { standing: "fresh", word: "no difference" },
  failed: { standing: "failed", word: "failed" },
  blocked: { standing: "blocked", word: "blocked" },
  skipped: { standing: "left", word: "skipped" },
};

export function standingWord(standing: Standing): string {
  return STANDINGS[standing].word;
}

export function Glyph({ standing }: { readonly standing: Standing }) {
  return (
    <svg class={`glyph is-${standing}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={STANDINGS[standing].shape} />
    </svg>
  );
}

export function glyphPath(standing: Standing): string {
  return STANDINGS[standing].shape;
}

/** How a model stands. */
export function StandingMark({ standing }: { readonly standing: Standing }) {
  return (
    <span class={`mark is-${standing}`}>
      <Glyph standing={standing} />
      {STANDINGS[standing].word}
    </span>
  );
}

/** How an action of a run ended. */
export function StatusMark({ status }: { readonly status: string }) {
  const { standing, word } = BY_STATUS[status] ?? { standing: "left", word: status };
  return (
    <span class={`mark is-${standing}`}>
      <Glyph standing={standing} />
      {word}
    </span>
  );
}

export function standingOfStatus(status: string): Standing {
  return BY_STATUS[status]?.standing ?? "left";
}
