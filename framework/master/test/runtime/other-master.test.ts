import { isPomeloError } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import type { UnprovedClaim } from '../../src/hosts/hosts.js';
import type { Acting } from '../../src/processes/acting-master.js';
import type { ProcessHost } from '../../src/processes/process-host.js';
import type { ServerElsewhere } from '../../src/processes/process-marks.js';
import { requireAlone } from '../../src/runtime/other-master.js';
import { entry } from '../supervisor-bench.js';

interface Says {
  readonly acting?: Acting;
  readonly elsewhere?: readonly ServerElsewhere[];
}

/** What comes of hosts that say this; those not named say nothing. */
async function outcome(said: Readonly<Record<string, Says>>, own = 'a', proved?: string) {
  const names = ['a', 'b', 'c'];
  const all = names.map(
    (name) =>
      ({
        name,
        acting: async () => said[name]?.acting,
        elsewhere: async () => said[name]?.elsewhere ?? [],
      }) as unknown as ProcessHost,
  );
  const clock = new FakeClock();
  const out = new Map<string, UnprovedClaim>();
  const asked: unknown[] = [];
  let over = false;
  const work = requireAlone({
    hosts: { all, isHere: (name) => name === own, leaveOut: (name, claim) => void out.set(name, claim) },
    servers: names.map((host, n) => entry(`chat-${n + 1}`, { host, port: 3000 })),
    clock,
    leaderAt: async (place) => {
      asked.push(place);
      return proved;
    },
  })
    .catch((error: unknown) => (isPomeloError(error) ? error.message : error))
    .finally(() => {
      over = true;
    });
  for (let n = 0; n < 1000 && !over; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.pass(100);
  }
  return { result: await work, out: [...out.values()].map(({ error }) => error.message), asked };
}

const leads: Acting = {
  leader: 'x\n\u001b[31m'.repeat(100),
  silentMs: 0,
  at: { host: '0.0.0.0', port: 3005 },
};

describe('the word of another host', () => {
  it('that a master leads there has it left out, in one short line, and no other host', async () => {
    const { result, out, asked } = await outcome({ b: { acting: leads } });
    expect(result).toEqual(['b']);
    expect(out[0]).toMatch(/^b says that another master leads there: [^\p{Cc}]{1,120}\. Nothing proves it/u);
    expect(asked).toEqual([{ host: 'b', port: 3005 }]);
  });

  it('is believed with a proof, and where this very machine says it', async () => {
    expect((await outcome({ b: { acting: leads } }, 'a', 'm (pid 2)')).result).toMatch(
      /^A master leads already: m \(pid 2\), which acts on b\./,
    );
    expect((await outcome({ a: { acting: leads } })).result).toMatch(/^A master leads already: x\?\[31m/);
  });

  it('is believed when all hosts say so: none is left', async () => {
    const all = { a: {}, b: { acting: leads }, c: { acting: leads } };
    expect((await outcome(all)).result).toEqual(['b', 'c']);
    expect((await outcome({ ...all, a: { acting: leads } }, 'none')).result).toMatch(
      /^A master leads already/,
    );
  });

  it('of a game in another folder counts for its own servers and their ports alone', async () => {
    const runs = (id: string, port = 3000) => ({ id, port, pid: 7, root: '/srv/\nold' });
    expect((await outcome({ b: { elsewhere: [runs('chat-1'), runs('chat-2', 22)] } })).result).toEqual([]);
    const { result, out } = await outcome({ b: { elsewhere: [runs('chat-1'), runs('chat-2')] } });
    expect(result).toEqual(['b']);
    expect(out[0]).toMatch(
      /^b says that a game in the folder \/srv\/\?old there runs chat-2 \(pid 7, port 3000\)\./,
    );
    expect((await outcome({ a: { elsewhere: [runs('chat-1')] } })).result).toMatch(
      /run already, from the folder/,
    );
  });
});
