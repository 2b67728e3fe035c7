import { signal } from '@preact/signals';

/** Now, to a second, in ms since 1970. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 1000);
