import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { registerUserFunctions } from "./user-function.js";

/** A connection on which the user's functions may take half a second. */
async function connect() {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  registerUserFunctions(connection, 500);
  return connection;
}

function call(code: string, parameter: string, argument: string): string {
  const definition = { name: "d.f", code, parameters: [{ name: "x", type: parameter }], returns: "STRING" };
  return `bq_js('${JSON.stringify(definition).replaceAll("'", "''")}', ${argument})`;
}

it.each([
  ["a loop without end", "while (true) {}"],
  ["reactions of promises without end", "const again = () => Promise.resolve().then(again); return again();"],
])("stops %s, and goes on with other functions", async (_name, code) => {
  const connection = await connect();
  await expect(connection.run(`SELECT ${call(code, "STRING", "'a'")}`)).rejects.toThrow(
    "JavaScript function d.f took longer than 0.5 seconds",
  );
  const reader = await connection.runAndReadAll(`SELECT ${call("return x + x", "STRING", "'a'")}`);
  expect(reader.getRows()).toEqual([["aa"]]);
});

it("gives each of many rows its own result", async () => {
  const connection = await connect();
  const reader = await connection.runAndReadAll(
    `SELECT count(*) FROM range(5000) AS r(i) WHERE ${call("return String(x * 2)", "FLOAT64", "i::DOUBLE")} <> (i * 2)::VARCHAR`,
  );
  expect(reader.getRows()).toEqual([[0n]]);
});
