import { isMap, isScalar, LineCounter, parseDocument } from "yaml";

/** A YAML text whose top is a mapping. */
export interface YamlText {
  readonly values: Readonly<Record<string, unknown>>;
  /** 1-based line of the name at a path; undefined: it is not there. */
  lineOf(path: readonly string[]): number | undefined;
}

/** Undefined when the text is no YAML, or its top is no mapping. */
export function readYaml(text: string): YamlText | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  let values: unknown;
  try {
    values = document.toJS();
  } catch {
    // An alias of nothing, or too many of them.
    return undefined;
  }
  return {
    values: values as Record<string, unknown>,
    lineOf(path) {
      const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1));
      if (!isMap(parent)) return undefined;
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
      const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}
