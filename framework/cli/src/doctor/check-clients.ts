import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '@pomelo-ts/common';
import { dialable, hostPort } from '@pomelo-ts/common/internal';
import type { ServerRow } from '@pomelo-ts/master';
import { serving } from '../serving.js';
import { escaped } from '../view/escaped.js';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** How long one frontend may take to answer, in ms. */
const answerMs = 3000;
/** How many are dialed at once. */
const atOnce = 32;

/** What came of dialing one frontend. */
type Dialed =
  | { readonly state: 'reached' }
  | { readonly state: 'full' }
  | { readonly state: 'failed'; readonly reason: string };

/** Whether frontends that run answer where clients are told to dial them: by URL, or by host and port. */
export const checkClients: Check = async ({ rows }) => {
  const frontends = serving(rows ?? []).filter(({ clientPort }) => clientPort !== undefined);
  if (frontends.length === 0) return [];
  const dialed = await dialAll(frontends.map(urlOf));
  const findings = frontends.flatMap((row, index) => findingOf(row, dialed[index]!));
  if (findings.length > 0) return findings;
  const text = `${count(frontends.length, 'frontend')} ${frontends.length === 1 ? 'answers' : 'answer'} where clients are sent`;
  return [{ check: 'clients', state: 'fine', text }];
};

/** As a client on this machine finds it. */
const urlOf = ({ host, clientHost = host, clientPort, clientUrl }: ServerRow): string =>
  clientUrl ?? `ws://${hostPort(dialable(clientHost), clientPort!)}`;

async function dialAll(urls: readonly string[]): Promise<readonly Dialed[]> {
  const dialed: Dialed[] = [];
  for (let first = 0; first < urls.length; first += atOnce)
    dialed.push(...(await Promise.all(urls.slice(first, first + atOnce).map(dial))));
  return dialed;
}

/** Does the whole handshake of a client. A game that wants to know more of its clients refuses it, and has been reached all the same. */
async function dial(url: string): Promise<Dialed> {
  const { connect } = await import('@pomelo-ts/client'); // heavy, and only needed here
  try {
    const client = await connect({ url, connectTimeoutMs: answerMs, clientType: 'pomelo-ts-doctor' });
    await Promise.race([client.close(), sleep(answerMs, undefined, { ref: false })]);
    return { state: 'reached' };
  } catch (error) {
    const { code, facts } = error as { code?: string; facts?: { reason?: unknown } };
    const reason = String(facts?.reason ?? reasonOf(error));
    if (code === 'HANDSHAKE_REFUSED') return { state: 'reached' };
    return / 503$/.test(reason) ? { state: 'full' } : { state: 'failed', reason };
  }
}

function findingOf(row: ServerRow, dialed: Dialed): Finding[] {
  const { id, clientUrl } = row;
  const url = escaped(urlOf(row));
  if (dialed.state === 'reached') return [];
  if (dialed.state === 'full') {
    const cure = 'raise max-connections, or add another server of its type';
    return [{ check: 'clients', state: 'note', text: `${id} takes no more clients (${url})`, cure }];
  }
  const text = `${id} does not answer as clients are told, at ${url}: ${escaped(dialed.reason)}`;
  const silent = /ENOTFOUND|EAI_AGAIN|no handshake within/.test(dialed.reason); // players may get there another way
  const cure =
    clientUrl === undefined
      ? 'look at clientHost, clientPort and clientListen of it in servers.json5, and at firewalls'
      : 'look at clientUrl of it in servers.json5, and at the proxy there: its certificate, its path, and the port that it hands on to';
  return [{ check: 'clients', state: silent ? 'note' : 'wrong', text, cure }];
}
