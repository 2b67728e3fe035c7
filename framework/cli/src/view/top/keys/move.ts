import type { Key } from '../screen-event.js';

/** Where a key leads from `place` among `count` places of which a screen shows `shown`; undefined when it moves nothing. */
export function moved({ name }: Key, place: number, count: number, shown: number): number | undefined {
  const to: Readonly<Record<string, number>> = {
    up: place - 1,
    down: place + 1,
    pageup: place - shown,
    pagedown: place + shown,
    home: 0,
    end: count - 1,
  };
  if (!Object.hasOwn(to, name)) return undefined;
  return Math.max(0, Math.min(to[name]!, count - 1));
}
