/** An entry of servers.json as it stands in the file. */
export type RawEntry = Readonly<Record<string, unknown>>;

const counting = /^(\d+)\+\+$/;

/** The `index`-th copy of an entry with `clusterCount`: `"3150++"` becomes the number 3150 + index in every field. */
export function copyOf(entry: RawEntry, index: number): RawEntry {
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([key]) => key !== 'clusterCount')
      .map(([key, value]) => {
        const match = typeof value === 'string' ? counting.exec(value) : null;
        return [key, match ? Number(match[1]) + index : value];
      }),
  );
}
