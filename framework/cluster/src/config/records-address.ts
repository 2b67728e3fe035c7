import { isLoopback } from '@pomelo-ts/common/internal';

/** How a receiver takes records. */
export type RecordsReceiverKind = 'syslog' | 'webhook';

const examples = {
  syslog:
    'an address of syslog, such as "tls://logs.example.org:6514", "tcp://10.0.0.9:601" or "udp://10.0.0.9:514"',
  webhook: 'an address by HTTPS, such as "https://logs.example.org/audit"; http:// is for this machine alone',
} as const;

const syslogSchemes: ReadonlySet<string> = new Set(['udp:', 'tcp:', 'tls:']);

/**
 * What the address of a receiver of records would have to be, where it is another; undefined for one that is fine.
 *
 * @example recordsAddressExpected('webhook', 'http://10.0.0.9/') // 'an address by HTTPS, …'
 */
export function recordsAddressExpected(kind: RecordsReceiverKind, address: string): string | undefined {
  const url = urlOf(address);
  const example = examples[kind];
  if (!url || url.hostname === '') return example;
  if (url.username !== '' || url.password !== '') return `${example}, without a name or password in it`;
  if (kind === 'syslog')
    return syslogSchemes.has(url.protocol) && ['', '/'].includes(url.pathname) ? undefined : example;
  const isHere = url.hostname === 'localhost' || isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere) ? undefined : example;
}

function urlOf(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
