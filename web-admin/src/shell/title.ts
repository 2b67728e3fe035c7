import type { Place } from '../place/place.js';
import { t } from '../words/words-store.js';

/** What a page is called. */
export function titleOf(place: Place): string {
  switch (place.page) {
    case 'view':
      return t(`view.${place.query.view}`);
    case 'server':
      return place.id;
    default:
      return t(`nav.${place.page}`);
  }
}
