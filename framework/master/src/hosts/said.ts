/*
 * What another machine or process says is read part by part, and what is read has no more in it than what belongs there: it may have been
 * taken over. Each of these throws on what makes no sense.
 */

/** Most characters of a line that is shown. */
const shownChars = 500;

/** A text as one line of bounded length: neither its end nor a line of ours can be made up in it. */
export const inOneLine = (text: string, most = shownChars): string =>
  text.slice(0, most).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '?');

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error('expected an object');
}

export function textOf(value: unknown, most = Number.POSITIVE_INFINITY): string {
  if (typeof value === 'string' && value.length <= most) return value;
  throw new Error('expected a text');
}

export const lineOf = (value: unknown, most?: number): string => inOneLine(textOf(value), most);

export function numberOf(value: unknown, least = Number.NEGATIVE_INFINITY): number {
  if (Number.isFinite(value) && (value as number) >= least) return value as number;
  throw new Error('expected a number');
}

export function wholeOf(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && numberOf(value, least) <= most) return value as number;
  throw new Error(`expected a whole number of at least ${least}`);
}

export function truthOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new Error('expected true or false');
}

export function listOf<T>(value: unknown, read: (one: unknown) => T, most: number): readonly T[] {
  if (!Array.isArray(value) || value.length > most) throw new Error('expected a list');
  return value.map((one) => read(one));
}

/** An object with this field, or without any where nothing was said of it. */
export const maybe = <K extends string, T>(
  name: K,
  value: unknown,
  read: (value: unknown) => T,
): { readonly [_ in K]?: T } =>
  value === undefined || value === null ? {} : ({ [name]: read(value) } as { readonly [_ in K]: T });

/** The marks of so many lines of a log; see `LogPart`. */
export function marksOf(marks: unknown, count: number): string {
  const told = textOf(marks);
  if (told.length !== count || !/^[fa]*$/i.test(told)) throw new Error('expected a mark for each line');
  return told;
}
