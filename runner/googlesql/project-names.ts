/** What names with a project stand for. */
export interface ProjectNames {
  /** The project that names without one belong to; undefined: nobody says, and projects tell nothing apart. */
  readonly home: string | undefined;
  /** Whether the home project has a relation of its own at `dataset.name`, or a function at `dataset.name()`. */
  claims(key: string): boolean;
}

/** Where nobody knows of projects. */
export const NO_PROJECTS: ProjectNames = { home: undefined, claims: () => false };

/**
 * Dataset and name of what a path names. The datasets of other projects than home are called `project.dataset`, so that two
 * projects may share datasets and names.
 * @param path one to three parts, or more where it leads into INFORMATION_SCHEMA; an empty project is home
 * @param home undefined: a project is left out, whichever it is
 */
export function foldProject(path: readonly string[], home: string | undefined): readonly string[] {
  if (path.length < 3) return path;
  if (home === undefined || (path.length === 3 && (path[0] === home || path[0] === ""))) return path.slice(-2);
  return [path.slice(0, -1).join("."), path.at(-1) as string];
}

/** `dataset.name`, or `project.dataset.name` of another project than home. */
export function foldedKey(path: readonly string[], home: string | undefined): string {
  return foldProject(path, home).join(".");
}

/** The dataset that a path of one or two parts names, as `foldProject` calls it. */
export function foldDataset(path: readonly string[], home: string | undefined): string {
  return path.length < 2 || home === undefined || path[0] === home ? (path.at(-1) as string) : path.join(".");
}

/**
 * What a path names. Tables of another project that somebody has loaded without their project are found by dataset and name too,
 * unless these name something of the home project.
 * @param get looks a folded key up
 */
export function findByPath<T>(
  path: readonly string[],
  { home, claims }: ProjectNames,
  get: (key: string) => T | undefined,
): T | undefined {
  const own = get(foldedKey(path, home));
  if (own !== undefined || path.length !== 3 || home === undefined) return own;
  return loadedPlainly(path.join("."), { claims }, get);
}

/**
 * The relation of another project that was loaded without its project.
 * @param key `project.dataset.name`; any other key has none
 */
export function loadedPlainly<T>(
  key: string,
  { claims }: Pick<ProjectNames, "claims">,
  get: (key: string) => T | undefined,
): T | undefined {
  const parts = key.split(".");
  const plain = parts.slice(-2).join(".");
  return parts.length !== 3 || claims(plain) ? undefined : get(plain);
}

/** The parts of a key, quoted or not, of which a dataset may have two: `project.dataset`. */
export function datasetOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf(".")));
}

/** The last part of a key: the name without its dataset and project. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}
