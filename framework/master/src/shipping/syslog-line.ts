import type { AuditResult } from '../audit/audit-record.js';
import type { AuditLine } from './audit-tail.js';

/** What a message says of who sends it. */
export interface SyslogSender {
  readonly hostName: string;
  readonly env: string;
  readonly pid: number;
}

/** The facility "log audit" of RFC 5424, table 1. */
const facility = 13;
/** Severities of RFC 5424, table 2: a notice is of what is usual, a warning of what was not let be or failed. */
const severities = { begun: 5, done: 5, failed: 4, refused: 4 } as const satisfies Record<
  AuditResult,
  number
>;

/**
 * A record as a message of RFC 5424: the line of the audit log as it is, so that its hash can be looked at, behind a head with its time and verb.
 *
 * @example `<109>1 2026-11-30T01:20:23.000Z game-1 pomelo-ts-production 4711 servers.stop - {"n":1,…}`
 */
export function syslogLine({ record, text }: AuditLine, { hostName, env, pid }: SyslogSender): string {
  const priority = facility * 8 + (severities[record.result] ?? severities.failed);
  const head = [
    `<${priority}>1`,
    field(record.at, 32),
    field(hostName, 255),
    field(`pomelo-ts-${env}`, 48),
    String(pid),
    field(record.verb, 32),
    '-',
  ];
  return `${head.join(' ')} ${text}`;
}

/** Heads have printable ASCII without spaces in their fields, each of bounded length. */
const field = (text: string, most: number): string => text.replace(/[^!-~]/g, '?').slice(0, most) || '-';

/** A message behind its length in bytes, as TCP and TLS have them (RFC 6587, 3.4.1; RFC 5425, 4.3). */
export function counted(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}
