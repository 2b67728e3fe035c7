/** What is filled into words. */
export type Filling = Readonly<Record<string, string | number>>;

/** Words with what is filled into them; what is not given stays as `{…}`. */
export function fill(words: string, filling: Filling = {}): string {
  return words.replace(/\{(\w+)\}/g, (found, name: string) =>
    Object.hasOwn(filling, name) ? String(filling[name]) : found,
  );
}
