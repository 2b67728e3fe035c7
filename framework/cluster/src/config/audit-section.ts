import { listOf, oneOf, section, text } from './fields.js';
import { recordsAddressExpected } from './records-address.js';

const receiver = section({
  kind: oneOf(['syslog', 'webhook']).describe(
    'How it takes records: `syslog` by RFC 5424, `webhook` as lines of JSON in the body of a POST.',
  ),
  url: text('an address')
    .optional()
    .describe(
      'Where it is: `tls://logs.example.org:6514`, `tcp://…` or `udp://…` for syslog, `https://…` for a webhook. One with a secret in it rather by `urlFile`.',
    ),
  urlFile: text('a file')
    .optional()
    .describe('File with the address, mode 0600, within the root of the game or by its whole path.'),
  caFile: text('a file')
    .optional()
    .describe('Certificates that the one of the receiver is signed by, as PEM; else those that Node knows.'),
  tokenFile: text('a file')
    .optional()
    .describe('File with the token that a webhook is sent as `Authorization: Bearer`; mode 0600.'),
}).superRefine(({ kind, url, urlFile, tokenFile }, context) => {
  const complain = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  if ((url === undefined) === (urlFile === undefined)) complain('url', 'one of url and urlFile');
  const expected = url === undefined ? undefined : recordsAddressExpected(kind, url);
  if (expected !== undefined) complain('url', expected);
  if (kind === 'syslog' && tokenFile !== undefined) complain('tokenFile', 'nothing, as syslog has no tokens');
});

/** Where records of the audit log are sent, beside its files. */
export const auditSection = section({
  receivers: listOf(receiver, 'a list of receivers')
    .min(1, { error: 'at least one receiver' })
    .describe('Who gets each record beside the files in `.pomelo-ts/audit`.'),
});
