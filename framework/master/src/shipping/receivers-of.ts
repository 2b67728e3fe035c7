import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { MasterSettings } from '@pomelo-ts/cluster';
import { recordsAddressExpected } from '@pomelo-ts/cluster/masters';
import { type Logger, reasonOf } from '@pomelo-ts/common';
import { readRegularFile, secretIn } from '@pomelo-ts/common/internal';
import type { RecordsReceiver } from './records-receiver.js';
import { SyslogReceiver } from './syslog-receiver.js';
import { WebhookReceiver } from './webhook-receiver.js';

/** The `audit` section of the master's settings. */
export type AuditSettings = NonNullable<MasterSettings['audit']>;

/** What receivers are made of. */
export interface ReceiversParts {
  readonly settings: AuditSettings;
  /** Files of addresses and tokens are named from here. */
  readonly root: string;
  readonly env: string;
  readonly logger: Logger;
}

/** Those whose files can be read; of others it is told, and the master goes on. */
export function receiversOf(parts: ReceiversParts): readonly RecordsReceiver[] {
  const names = new Set<string>();
  return parts.settings.receivers.flatMap((settings) => {
    try {
      const receiver = receiverOf(settings, parts);
      if (names.has(receiver.name))
        throw new Error(`expected each receiver once, got ${receiver.name} twice, see audit of master.json`);
      names.add(receiver.name);
      return [receiver];
    } catch (error) {
      parts.logger.error('Records of the audit log are not sent to one of its receivers.', {
        reason: reasonOf(error),
      });
      return [];
    }
  });
}

function receiverOf(
  settings: AuditSettings['receivers'][number],
  { root, env }: ReceiversParts,
): RecordsReceiver {
  const { kind, urlFile, caFile, tokenFile } = settings;
  // whoever has such an address or token can speak for this master
  const address = settings.url ?? secretIn(root, urlFile!);
  const expected = recordsAddressExpected(kind, address);
  if (expected !== undefined) throw new Error(`expected ${expected} in ${urlFile}`);
  const url = new URL(address);
  const ca = caFile === undefined ? undefined : readRegularFile(resolve(root, caFile));
  if (kind === 'webhook')
    return new WebhookReceiver({
      url,
      ca,
      token: tokenFile === undefined ? undefined : secretIn(root, tokenFile),
    });
  return new SyslogReceiver({ url, ca, sender: { hostName: hostname(), env, pid: process.pid } });
}
