import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { describe, expect, it } from 'vitest';
import { refuseOtherHosts, whyElsewhere } from '../../src/hosts/local-hosts.js';
import { MasterListener } from '../../src/listener/master-listener.js';

/** Reserved for documentation (RFC 5737): no machine has it. */
const foreign = '192.0.2.7';

/** A game's folder with these chat servers. */
class Game {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-hosts-'));

  constructor(chat: readonly object[]) {
    mkdirSync(join(this.root, 'config'));
    mkdirSync(join(this.root, 'app/servers/chat'), { recursive: true });
    writeFileSync(join(this.root, 'app.js'), '');
    writeFileSync(join(this.root, 'config/servers.json'), JSON.stringify({ chat }));
  }

  refusal(): Promise<void> {
    const config = loadClusterConfig({ root: this.root, env: 'development' });
    return refuseOtherHosts(config, config.servers);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

describe('a host', () => {
  it('is of this machine when it is one of its addresses, all of them, or a name of one', async () => {
    const own = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
    for (const host of [...own, '127.0.0.1', '127.8.9.10', '0.0.0.0', '::', 'localhost'])
      expect([host, await whyElsewhere(host)]).toEqual([host, undefined]);
  });

  it('is not when it is any other address, or a name that nobody knows', async () => {
    expect(await whyElsewhere(foreign)).toBe('192.0.2.7 is no address of this machine');
    expect(await whyElsewhere('2001:db8::7')).toBe('2001:db8::7 is no address of this machine');
    expect(await whyElsewhere('nowhere.invalid')).toMatch(
      /^the name nowhere\.invalid cannot be found \([A-Z_]+\)$/,
    );
  });
});

describe('servers on other hosts', () => {
  it('are refused all at once, with the file and path of each host', async () => {
    using game = new Game([
      { id: 'chat-1', host: foreign },
      { id: 'chat-2' },
      { clusterCount: 2, host: '2001:db8::7' },
    ]);
    await expect(game.refusal()).rejects.toMatchObject({
      code: 'HOST_ELSEWHERE',
      message: expect.stringMatching(
        /^Expected hosts of this machine \((\d+\.\d+\.\d+\.\d+(, )?)+\), where everything in this process has to be:\n/,
      ),
      facts: {
        problems: [
          `  config/servers.json chat[0].host: ${foreign} is no address of this machine (for chat-1)`,
          '  config/servers.json chat[2].host: 2001:db8::7 is no address of this machine (for cluster-server-chat-0, cluster-server-chat-1)',
        ].join('\n'),
      },
    });
  });

  it('are none when all are here', async () => {
    using game = new Game([{ id: 'chat-1' }, { id: 'chat-2', host: 'localhost', clientHost: 'play.test' }]);
    await game.refusal();
  });
});

describe('the master', () => {
  it('is refused on another host as well', async () => {
    await expect(MasterListener.open(foreign, 3005, { keys: { linkKey: () => undefined } })).rejects.toThrow(
      'master.json: host: 192.0.2.7 is no address of this machine (for the master: start it at that host)',
    );
  });
});
