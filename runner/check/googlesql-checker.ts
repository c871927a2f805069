import type { Checker } from "./check-project.js";

export async function openGoogleSqlChecker(_projectDir: string): Promise<{ readonly checker: Checker; close(): void }> {
  throw new Error("x");
}
