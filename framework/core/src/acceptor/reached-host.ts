import { plainAddress } from '@pomelo-ts/common/internal';

/** How somebody has reached this server. */
export interface Reached {
  /** The Host header, where it has sent one. */
  readonly header: string | undefined;
  /** This end of its connection. */
  readonly address: string | undefined;
}

/** The host by which somebody has reached this server: by its own word, which a proxy on the way hands on, else the address. */
export function reachedHost({ header, address }: Reached): string | undefined {
  const url = `http://${header ?? ''}`;
  if (header !== undefined && URL.canParse(url)) {
    const { hostname } = new URL(url);
    if (hostname !== '') return hostname.replace(/^\[(.*)\]$/, '$1');
  }
  return address === undefined ? undefined : plainAddress(address);
}
