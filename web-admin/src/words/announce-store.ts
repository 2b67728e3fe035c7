import { signal } from '@preact/signals';

/** What a screen reader says next. */
export const announced = signal('');

/** At most one message in so many ms: who listens must not be talked over. */
const leastMs = 5000;

let saidAt = 0;
let next: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Has a screen reader say something, when there is room for it; what is newer takes its place. */
export function announce(text: string): void {
  const wait = saidAt + leastMs - Date.now();
  if (wait <= 0) say(text);
  else {
    next = text;
    if (timer === undefined) timer = setTimeout(() => say(next!), wait);
  }
}

function say(text: string): void {
  timer = undefined;
  saidAt = Date.now();
  announced.value = text;
}
