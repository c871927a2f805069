import type { RowObject } from "../../port/port.js";

/** What is said of a table or dataset, as rows of TABLE_OPTIONS or SCHEMATA_OPTIONS. */
export function optionsOf(said: Readonly<Record<string, unknown>>): readonly RowObject[] {
  const { description, friendlyName, labels, expirationTime } = said;
  const options: RowObject[] = [];
  const add = (option_name: string, option_type: string, option_value: string): void => {
    options.push({ option_name, option_type, option_value });
  };
  if (typeof description === "string") add("description", "STRING", JSON.stringify(description));
  if (typeof friendlyName === "string") add("friendly_name", "STRING", JSON.stringify(friendlyName));
  const pairs = Object.entries((labels ?? {}) as Readonly<Record<string, string>>);
  if (pairs.length > 0)
    add(
      "labels",
      "ARRAY<STRUCT<STRING, STRING>>",
      `[${pairs.map(([key, value]) => `STRUCT(${JSON.stringify(key)}, ${JSON.stringify(value)})`).join(", ")}]`,
    );
  if (typeof expirationTime === "string")
    add("expiration_timestamp", "TIMESTAMP", `TIMESTAMP "${new Date(Number(expirationTime)).toISOString()}"`);
  return options;
}
