/** A value as it is at the other end: a copy, with what JSON makes of it. */
export function carried<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
