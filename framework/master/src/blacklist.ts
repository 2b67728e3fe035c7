export { BlacklistFile } from './blacklist/blacklist-file.js';
export { BlacklistStore } from './blacklist/blacklist-store.js';
export { type BlacklistAnswer, Blacklisting, type BlacklistPage } from './blacklist/blacklisting.js';
export type { BlacklistKeeper, BlacklistRow } from './blacklist/kept-networks.js';
