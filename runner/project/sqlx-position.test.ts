import { describe, expect, it } from "vitest";
import { sqlxPosition } from "./sqlx-position.js";

const SOURCE = `config {
  type: "table",
  labels: { a: "b" }
}

WITH games AS (
  SELECT * FROM \${ref("games")}
)
SELECT
  game_id,
  pionts,
  \${hash(["a", "b"])} AS data_hash
FROM games
`;
const COMPILED = `

WITH games AS (
  SELECT * FROM \`p.d.games\`
)
SELECT
  game_id,
  pionts,
  TO_HEX(SHA256(CONCAT(
    a,
    bb))) AS data_hash
FROM games
`;

describe("sqlxPosition", () => {
  const at = (text: string) => sqlxPosition(SOURCE, COMPILED, COMPILED.indexOf(text));

  it("finds a line that compiling left alone, with its column", () => {
    expect(at("pionts")).toEqual({ line: 11, column: 3 });
    expect(at("FROM games")).toEqual({ line: 13, column: 1 });
  });

  it("finds the line of an interpolation, also from the lines it grew to", () => {
    expect(at("`p.d.games`")).toEqual({ line: 7, column: 3 });
    expect(at("bb")).toEqual({ line: 12, column: 3 });
  });
});
