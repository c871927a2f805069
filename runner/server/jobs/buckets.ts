import { existsSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { ApiError, notFound } from "../protocol/errors.js";

/** Where `gs://bucket/name` is: a folder of the name of the bucket, in the folder that stands for all buckets. */
export function bucketPath(bucketDir: string | undefined, uri: string): string {
  const [, bucket, name] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || name === undefined)
    throw new ApiError("invalid", `Source URI must be a Google Cloud Storage location: ${uri}`);
  if (bucketDir === undefined)
    throw new ApiError(
      "invalid",
      `${uri} cannot be reached: start the server with --buckets DIR, a folder that stands for all buckets`,
    );
  const path = resolve(bucketDir, bucket, name);
  const inside = relative(resolve(bucketDir, bucket), path);
  if (inside.startsWith("..") || bucket.startsWith(".")) throw new ApiError("invalid", `Invalid URI ${uri}`);
  return path;
}

/**
 * The files that a source URI stands for; `*` stands for any characters of a file's name, and of the folders that lead to it.
 * @throws ApiError where there is none
 */
export function sourceFiles(bucketDir: string | undefined, uri: string): string[] {
  const path = bucketPath(bucketDir, uri);
  const folder = dirname(path.split("*")[0] === path ? path : `${path.split("*")[0]}*`);
  const pattern = new RegExp(
    `^${path
      .slice(folder.length + 1)
      .split("*")
      .map(escaped)
      .join(".*")}$`,
  );
  const found = existsSync(folder)
    ? readdirSync(folder, { recursive: path.includes("*"), withFileTypes: true }).filter(
        (entry) => !entry.isDirectory(),
      )
    : [];
  const names = found
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => pattern.test(name.split(sep).join("/")))
    .sort();
  if (names.length === 0) throw new ApiError("notFound", `Not found: URI ${uri}`);
  const root = realpathSync(bucketDir ?? folder);
  return names.map((name) => {
    const file = realpathSync(join(folder, name));
    if (!file.startsWith(`${root}${sep}`)) throw notFound("Table", uri);
    return file;
  });
}

/** The `gs://` name of a file that `sourceFiles` has found; undefined: it lies elsewhere. */
export function bucketUri(bucketDir: string | undefined, path: string): string | undefined {
  if (bucketDir === undefined || !existsSync(bucketDir)) return undefined;
  const name = relative(realpathSync(bucketDir), path);
  return name.startsWith("..") ? undefined : `gs://${name.split(sep).join("/")}`;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The file that an extract writes; its folder is made. */
export function targetFile(bucketDir: string | undefined, uri: string): string {
  // One file holds it all: it is the first of the shards that a pattern asks for.
  const path = bucketPath(bucketDir, uri.replace("*", "000000000000"));
  mkdirSync(dirname(path), { recursive: true });
  return path;
}
