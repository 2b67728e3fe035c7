import { signal } from '@preact/signals';
import { type Place, placeOf, searchOf } from './place.js';

/** Where somebody is. */
export const place = signal<Place>(placeOf(location.search));

addEventListener('popstate', () => {
  place.value = placeOf(location.search);
});

/** Goes to a place; back leads to the one before. */
export function go(to: Place): void {
  if (searchOf(to) !== location.search) history.pushState(null, '', addressOf(to));
  place.value = to;
}

/** Goes to a place that is as good as this one, such as while a filter is typed: back leads to before both. */
export function goInPlace(to: Place): void {
  history.replaceState(null, '', addressOf(to));
  place.value = to;
}

/** What a link to a place has. */
export const addressOf = (to: Place): string => `${location.pathname}${searchOf(to)}`;
