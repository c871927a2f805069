export { registerFarmFingerprint } from "./duckdb-function.js";
export { farmFingerprint } from "./farm-fingerprint.js";
