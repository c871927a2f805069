import { expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows } = scriptsOn("CREATE SCHEMA d");

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#JSONPath_mode */
it.each<[string, string]>([
  [`JSON_QUERY(JSON '{"class": {"students": [{"name": "Jane"}]}}', 'lax $.class.students.name')`, '["Jane"]'],
  [
    `JSON_QUERY(JSON '[{"class": {"students": [{"name": "Joe"}, {"name": "Jamie"}]}}]', 'lax $.class.students.name')`,
    '["Joe","Jamie"]',
  ],
  [
    `JSON_QUERY(JSON '{"class": {"students": [[{"name": "John"}], {"name": "Jamie"}]}}', 'lax $.class.students.name')`,
    '["Jamie"]',
  ],
  [
    `JSON_QUERY(JSON '[[{"class": {"students": [{"name": "Joe"}]}}]]', 'lax recursive $.class.students.name')`,
    '["Joe"]',
  ],
  [
    `JSON_QUERY(JSON '{"class": {"students": [[{"name": "John"}], {"name": "Jamie"}]}}', 'lax recursive $.class.students.name')`,
    '["John","Jamie"]',
  ],
  [`JSON_QUERY(JSON '{"class": {"students": {"name": "Jane"}}}', 'lax $.class[0].students[0].name')`, '["Jane"]'],
  [
    `JSON_QUERY(JSON '[{"class": {"students": [{"name": "Joe"}, {"name": "Jamie"}]}}]', 'lax $.class[0].students[0].name')`,
    '["Joe"]',
  ],
  [
    `JSON_QUERY(JSON '{"class": {"students": [[{"name": "John"}], {"name": "Jamie"}]}}', 'lax $.class[0].students[0].name')`,
    '["John"]',
  ],
])("%s is %s", async (call, found) => {
  expect(await rows(`SELECT TO_JSON_STRING(${call})`)).toEqual([[found]]);
});
