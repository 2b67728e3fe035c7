import { signal } from '@preact/signals';

/** Servers that are marked, to do something with all of them. */
export const marks = signal<ReadonlySet<string>>(new Set());

/** Marks one, or takes the mark away. */
export function toggleMark(id: string): void {
  const after = new Set(marks.value);
  if (!after.delete(id)) after.add(id);
  marks.value = after;
}
