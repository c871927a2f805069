import { LIBRARY, Rig } from "./rig.js";

/** Makes the warehouse that the tests' projects begin with, once for all of them. */
export default async function makeLibrary(): Promise<() => void> {
  const rig = Rig.empty();
  rig.write("dataform.json", JSON.stringify({ defaultDatabase: "p", defaultSchema: "d" }));
  const { code, stderr } = await rig.fastbreak("query", "SELECT 1", "--database", "library.duckdb");
  if (code !== 0) throw new Error(stderr);
  process.env[LIBRARY] = `${rig.dir}/library.duckdb`;
  return () => rig.remove();
}
