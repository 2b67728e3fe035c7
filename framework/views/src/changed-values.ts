/** Most values of a change that are shown in one line; the record itself has more. */
const mostShown = 5;

/**
 * What a record of a change tells of values before and after: `role: viewer -> operator`. `none` stands where there was or is nothing.
 *
 * @param was values by their names, as `{ role: 'viewer' }`; undefined where there was nothing
 * @param is the same afterwards
 */
export function changeText(was: object | undefined, is: object | undefined): string {
  const before = new Map(Object.entries(was ?? {}));
  const after = new Map(Object.entries(is ?? {}));
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => textOf(before.get(name)) !== textOf(after.get(name)),
  );
  const shown = names
    .slice(0, mostShown)
    .map((name) => `${name}: ${textOf(before.get(name))} -> ${textOf(after.get(name))}`);
  const more = names.length > mostShown ? [`and ${names.length - mostShown} more`] : [];
  return [...shown, ...more].join(', ');
}

/** Why somebody has asked for something, as they have said it with what they asked for; empty where they have not. */
export function reasonGiven(args: unknown): string {
  const { reason } = (args ?? {}) as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason : '';
}

function textOf(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
