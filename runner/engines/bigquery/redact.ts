/** What must never be shown: access tokens, private keys, assertions, and values of headers and fields that hold them. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[private key]"],
  [/\bya29\.[\w.-]+/g, "[token]"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, "$1 [token]"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[token]"],
  [/\b1\/\/[\w-]{20,}/g, "[token]"],
  [
    /("?(?:access_token|refresh_token|id_token|private_key|private_key_id|client_secret|assertion|authorization)"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s,;&}]+)/gi,
    "$1[secret]",
  ],
];

/** Longer messages are cut: they are pages that somebody sent in the place of an answer. */
const MOST_CHARACTERS = 2000;

/** A text that came from outside, without secrets and control characters, ready to be shown. */
export function redacted(text: string): string {
  const shown = SECRETS.reduce((rest, [secret, stand]) => rest.replace(secret, stand), text);
  const plain = shown.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  return plain.length > MOST_CHARACTERS ? `${plain.slice(0, MOST_CHARACTERS)}...` : plain;
}
