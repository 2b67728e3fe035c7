import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { addressGame, addressRoutes, sdkPlayer } from '../helpers/address-game.js';
import { Certificates } from '../helpers/certificates.js';
import { freePort } from '../helpers/free-port.js';
import { TlsProxy } from '../helpers/tls-proxy.js';

const run = promisify(execFile);

/** What our client sees, in a process that trusts the authority of the test. */
async function play(gate: object, ca: string): Promise<{ url: string; answers: { at: string }[] }> {
  const { stdout } = await run(
    process.execPath,
    [sdkPlayer, JSON.stringify(gate), JSON.stringify(addressRoutes)],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: ca } },
  );
  return JSON.parse(stdout);
}

describe('connectors behind one proxy with TLS and a path for each', () => {
  it('are told by URL, by gate and ticket, to clients that go there; doctor dials them the same way', async () => {
    using certificates = new Certificates();
    await using proxy = await TlsProxy.listen(certificates.member);
    const [gatePort, chatPort, a, b, c, d] = await Promise.all(Array.from({ length: 6 }, freePort));
    const origin = `wss://127.0.0.1:${proxy.port}`;
    const frontend = { frontend: true };
    await using game = await addressGame(
      {
        gate: [{ id: 'gate-1', clientPort: gatePort, ...frontend, clientUrl: `${origin}/gate` }],
        connector: [
          { id: 'connector-1', port: a, clientPort: b, ...frontend, clientUrl: `${origin}/{id}` },
          { id: 'connector-2', port: c, clientPort: d, ...frontend, clientUrl: `${origin}/{id}` },
        ],
        chat: [{ id: 'chat-1', port: chatPort }],
      },
      { env: { NODE_EXTRA_CA_CERTS: certificates.ca, POMELO_TS_SECRET: 'of the integration tests' } },
    );
    proxy.routes = { '/gate': gatePort!, '/connector-1': b!, '/connector-2': d! };
    const start = await game.run('start', '-D', '-e', 'production');
    expect(start.stdout).toContain(`clients connect to ${origin}/gate`);
    expect(start.stdout).toContain(`${origin}/connector-2`);
    const seen = new Map<string, string>();
    for (const uid of ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay']) {
      const { url, answers } = await play({ url: `${origin}/gate`, uid }, certificates.ca);
      expect(answers.map(({ at }) => at)).toEqual([url.replace(`${origin}/`, ''), 'chat-1']);
      seen.set(url, answers[0]!.at);
    }
    expect(seen.size).toBe(2); // each of the two was somebody's
    const ticket = (await (await fetch(`http://127.0.0.1:${gatePort}/ticket?uid=ann`)).json()) as {
      id: string;
    };
    // Host and port are told as well: an old client knows nothing else.
    const own = ticket.id === 'connector-1' ? b : d;
    expect(ticket).toEqual({
      code: 200,
      id: ticket.id,
      host: '127.0.0.1',
      port: own,
      url: `${origin}/${ticket.id}`,
    });
    const well = await game.run('doctor');
    expect(well.stdout).toContain('✔ clients  3 frontends answer where clients are sent');
    proxy.routes = { '/gate': gatePort!, '/connector-1': b! };
    const ill = await game.run('doctor');
    expect(ill.stdout).toMatch(
      /^✖ clients {2}connector-2 does not answer as clients are told, at wss:.*\/connector-2: .*502.*\n +→ look at clientUrl/m,
    );
    expect(ill.code).toBe(1);
    game.moreEnv = { NODE_EXTRA_CA_CERTS: '' };
    expect((await game.run('doctor')).stdout).toMatch(/^✖ clients {2}gate-1 .*certificate/m);
  });
});
