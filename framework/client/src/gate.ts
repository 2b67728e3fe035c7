import { ClientError } from './errors.js';
import { type GateOptions, urlOf } from './options.js';

type Ask = (url: string, route: string, body: unknown) => Promise<unknown>;

/**
 * Asks a gate which connector to use and returns its URL.
 * @throws ClientError `GATE_REFUSED` when the answer names none
 */
export async function askGate(
  gate: GateOptions & { readonly url: string; readonly route: string },
  ask: Ask,
): Promise<string> {
  const body = gate.body ?? (gate.uid === undefined ? {} : { uid: gate.uid });
  const answer = (await ask(gate.url, gate.route, body)) as Partial<Answer> | null;
  const secure = gate.url.startsWith('wss:');
  const url =
    typeof answer === 'object' && answer !== null ? urlOf({ ...addressIn(answer), secure }) : undefined;
  // Pomelo's examples give code 200; a gate that names an address and no code means the same.
  if (url !== undefined && (answer?.code === undefined || answer.code === 200)) return url;
  throw new ClientError('GATE_REFUSED', { route: gate.route, code: answer?.code ?? 'none' });
}

interface Answer {
  code: number;
  url: string;
  host: string;
  port: number;
}

function addressIn({ url, host, port }: Partial<Answer>): { url?: string; host?: string; port?: number } {
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof host === 'string' ? { host } : {}),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}
