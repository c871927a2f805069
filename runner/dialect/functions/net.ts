import { type Family, on, scalar } from "./definition.js";

const DOC = "net_functions";
const net = (name: string, signature: string, template: string) => ({
  [`NET.${name}`]: scalar(`${DOC}#net${name.toLowerCase()}`, on(signature, template)),
});
/** https://cloud.google.com/bigquery/docs/reference/standard-sql/net_functions */
export const NET_FUNCTIONS: Family = {
  ...net("IP_FROM_STRING", "(STRING) -> BYTES", "bq_ip_from_string($1)"),
  ...net("SAFE_IP_FROM_STRING", "(STRING) -> BYTES?", "bq_safe_ip_from_string($1)"),
  ...net("IP_TO_STRING", "(BYTES) -> STRING", "bq_ip_to_string($1)"),
  ...net("IP_NET_MASK", "(INT64, INT64) -> BYTES", "bq_ip_net_mask($1, $2)"),
  ...net("IP_TRUNC", "(BYTES, INT64) -> BYTES", "bq_ip_trunc($1, $2)"),
  ...net("IPV4_TO_INT64", "(BYTES) -> INT64", "bq_ipv4_to_int64($1)"),
  ...net("IPV4_FROM_INT64", "(INT64) -> BYTES", "bq_ipv4_from_int64($1)"),
  ...net("HOST", "(STRING) -> STRING?", "bq_net_host($1)"),
  ...net("PUBLIC_SUFFIX", "(STRING) -> STRING?", "bq_public_suffix(bq_net_host($1))"),
  ...net("REG_DOMAIN", "(STRING) -> STRING?", "bq_registrable_domain(bq_net_host($1))"),
};
