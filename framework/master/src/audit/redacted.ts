/** Names of values that nobody may read who reads what was asked for. */
const secret = /pass|secret|token|credential|private/i;

/** Most of what was asked for that is written down, in characters of JSON. */
const mostText = 4096;

/** What was asked for, without secrets, and not more than there is room for. */
export function redacted(args: object): object {
  const text = JSON.stringify(args, (key, value: unknown) => (secret.test(key) ? '***' : value));
  return text.length <= mostText ? (JSON.parse(text) as object) : { cut: text.slice(0, mostText) };
}
