import type { Place } from '../place/place.js';
import { t } from '../words/words-store.js';

/** What a page is called. */
export function titleOf(place: Place): string {
  switch (place.page) {
    case 'view':
      return t(`view.${place.query.view}`);
    case 'server':
      return place.id;
    case 'channel':
    case 'host':
      return place.name;
    case 'rooms':
      return place.at === '' ? t('nav.rooms') : place.name;
    case 'operate':
      return place.verb === '' ? t('nav.operate') : place.verb;
    default:
      return t(`nav.${place.page}`);
  }
}
