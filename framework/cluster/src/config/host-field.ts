import { isIP } from 'node:net';
import { isEverywhere } from '@pomelo-ts/common/internal';
import * as z from 'zod';
import { canonicalHost, withoutBrackets } from './canonical-host.js';

const expected = 'a host name or address';

/** A host name or an address, kept in one form: an IPv6 address without brackets, as short as it can be written. */
export const hostField = () => fieldOf(problemOfHost);

/** As {@link hostField}, and others can dial it. */
export const dialedHostField = () => fieldOf((text) => problemOfHost(text) ?? problemOfDialed(text));

/** An address that a server listens at. */
export const listenField = () =>
  fieldOf((text) => {
    if (isIP(withoutBrackets(text)) === 0)
      return 'an IP address, such as "0.0.0.0" for all of IPv4 or "::" for all addresses';
    return isOfOneLink(text) && !text.includes('%')
      ? 'a link-local address with its zone, such as "fe80::1%eth0"'
      : undefined;
  });

function fieldOf(problemOf: (text: string) => string | undefined) {
  return z
    .string({ error: expected })
    .min(1, { error: expected })
    .superRefine((text, context) => {
      const message = text === '' ? undefined : problemOf(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .transform(canonicalHost);
}

/** What was expected in place of a text that is no host; undefined for one that is. */
export function problemOfHost(text: string): string | undefined {
  if (/\s/.test(text)) return `${expected} without blanks`;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined) return `${expected} without ${scheme}`;
  if (text.includes('/')) return `${expected} without a path`;
  if (text.includes('@')) return `${expected} without a user`;
  if (/^\[.*\]:\d*$/.test(text) || /^[^:]*:\d*$/.test(text)) return `${expected} without the port`;
  if (/[[\]:%]/.test(text)) return problemOfIPv6(text);
  return isIP(text) === 4 ? undefined : problemOfName(text);
}

/** All hosts of a topology dial the same text, and a zone is the name of an interface on one of them alone. */
function problemOfIPv6(text: string): string | undefined {
  const plain = 'an IPv6 address such as "fd00::2"';
  if (isIP(withoutBrackets(text)) !== 6) return plain;
  if (text.includes('%')) return `${plain}, without a zone, which means nothing on another machine`;
  return isOfOneLink(text)
    ? `${plain}: a link-local one needs a zone, which means nothing on another machine`
    : undefined;
}

/** Whether it is a link-local address of IPv6, fe80::/10. */
const isOfOneLink = (text: string): boolean => /^\[?fe[89ab][\da-f]:/i.test(text);

function problemOfName(name: string): string | undefined {
  const labels = name.replace(/\.$/, '').split('.');
  if (labels.includes('')) return 'a host name without an empty part between its dots';
  // So URLs have it: what ends with a number is an IPv4 address, or nothing.
  if (/^(?:\d+|0x[\da-f]*)$/i.test(labels.at(-1)!)) return 'an IPv4 address of four numbers from 0 to 255';
  if (labels.some((label) => !/^[\p{L}\p{N}_-]+$/u.test(label)))
    return 'a host name of letters, digits, "-" and "_"';
  if (labels.some((label) => /^-|-$/.test(label))) return 'a host name whose parts begin and end with no "-"';
  if (labels.some((label) => label.length > 63) || name.length > 253)
    return 'a host name of at most 253 letters, 63 between two dots';
  return undefined;
}

function problemOfDialed(text: string): string | undefined {
  const host = canonicalHost(text);
  return isEverywhere(host)
    ? `${expected} that clients can dial (where to listen is told by clientListen)`
    : undefined;
}
