/** An entry of servers.json as it stands in the file. */
export type RawEntry = Readonly<Record<string, unknown>>;

const counting = /^(\d+)\+\+$/;

/**
 * The `index`-th copy of an entry with `clusterCount`: `"3150++"` becomes the number 3150 + index in every field, those of its
 * acceptors too.
 */
export function copyOf(entry: RawEntry, index: number): RawEntry {
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([key]) => key !== 'clusterCount')
      .map(([key, value]) => {
        if (key === 'acceptors' && Array.isArray(value))
          return [key, value.map((one: unknown) => (isObject(one) ? copyOf(one, index) : one))];
        const match = typeof value === 'string' ? counting.exec(value) : null;
        return [key, match ? Number(match[1]) + index : value];
      }),
  );
}

function isObject(value: unknown): value is RawEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
