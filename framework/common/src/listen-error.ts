import { PomeloError } from './errors.js';
import { showPortHolder } from './port-holder.js';

/** What keeps a process from listening, by the codes of the system, for a person. */
const reasons: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'that is no address of this machine',
  EAFNOSUPPORT: 'this machine has no addresses of that kind',
  EACCES: 'this user may not (ports below 1024 are for root, or for who has CAP_NET_BIND_SERVICE)',
};

/** Whether this machine has no such address, or none of that family: another one may do. */
export const lacksAddress = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';

/** The error for a port that could not be opened: PORT_IN_USE, PORT_UNUSABLE, or `error` where nothing more is known. */
export function listenError(
  error: NodeJS.ErrnoException,
  place: { readonly serverId: string; readonly host: string; readonly port: number },
): Error {
  const { code = '' } = error;
  if (code === 'EADDRINUSE')
    return new PomeloError('PORT_IN_USE', { ...place, holder: showPortHolder(place.port) });
  const reason = reasons[code];
  return reason === undefined
    ? error
    : new PomeloError('PORT_UNUSABLE', { ...place, reason }, { cause: error });
}
