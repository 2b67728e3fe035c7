import type { ComponentChildren } from 'preact';
import type { Place } from './place.js';
import { addressOf, go } from './place-store.js';

interface LinkProps {
  readonly to: Place;
  readonly current?: boolean | undefined;
  readonly class?: string | undefined;
  readonly children: ComponentChildren;
}

/** A link within the page: by a plain click it stays loaded; opened in another tab it is an address like any other. */
export function Link({ to, current, class: name, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={addressOf(to)} onClick={follow} class={name} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
