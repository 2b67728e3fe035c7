import assert from 'node:assert/strict';
import { PomeloError } from '@pomelo-ts/common';
import type { ServerHandler } from '../../hub/hub-options.js';
import type { MasterLinkBenchCase } from './contract-master.js';

/** What the master of the contract answers. */
export const answersOfMaster: ServerHandler = async (id, bootId, command, args) => {
  if (command === 'echo') return { id, bootId, args };
  if (command === 'nothing') return undefined;
  if (command === 'taken') throw new PomeloError('LEASE_TAKEN', { name: 'x', holder: 'chat-2' });
  if (command === 'silence') return new Promise(() => {});
  throw new Error(`no ${command} here`);
};

const lost = { code: 'LINK_LOST' };

/** Questions of servers, and commands of the master. */
export const questionCases: readonly MasterLinkBenchCase[] = [
  [
    'has each question answered, whoever else asks at the same time',
    async (bench) => {
      const first = await bench.ready('chat-1');
      const second = await bench.ready('chat-2');
      const asked = [1, 2, 3].flatMap((n) => [first, second].map((link) => link.ask('echo', { n }, 5000)));
      const expected = [1, 2, 3].flatMap((n) =>
        ['chat-1', 'chat-2'].map((id) => ({ id, bootId: `${id}-first`, args: { n } })),
      );
      assert.deepEqual(await Promise.all(asked), expected);
      assert.equal(await first.ask('nothing', {}, 5000), null);
    },
  ],
  [
    'fails a question with what the master throws: its code and facts, or its words',
    async (bench) => {
      const link = await bench.ready('chat-1');
      const taken = { code: 'LEASE_TAKEN', facts: { name: 'x', holder: 'chat-2' } };
      await assert.rejects(link.ask('taken', {}, 5000), taken);
      await assert.rejects(link.ask('cake', {}, 5000), { message: 'no cake here' });
    },
  ],
  [
    'fails a question that is not answered in time',
    async (bench) => {
      const link = await bench.ready('chat-1');
      await assert.rejects(link.ask('silence', {}, 20), lost);
      assert.deepEqual(await link.ask('nothing', {}, 5000), null);
    },
  ],
  [
    'carries out what the master asks, and answers with what comes of it',
    async (bench) => {
      const link = await bench.ready('chat-1');
      const { master } = bench;
      await assert.rejects(master.command('chat-1', 'jump', {}, 5000), {
        code: 'SERVER_COMMAND_FAILED',
        message: /does not know the command jump/,
      });
      link.onCommand(async (command, args) => {
        if (command === 'jump') return { jumped: args };
        throw new Error(`too tired to ${command}`);
      });
      assert.deepEqual(await master.command('chat-1', 'jump', { high: 2 }, 5000), { jumped: { high: 2 } });
      const { facts } = await thrown(master.command('chat-1', 'dance', {}, 5000));
      assert.deepEqual(facts, { serverId: 'chat-1', command: 'dance', reason: 'too tired to dance' });
    },
  ],
  [
    'fails a command that its server does not answer in time',
    async (bench) => {
      const link = await bench.ready('chat-1');
      link.onCommand(() => new Promise(() => {}));
      await assert.rejects(bench.master.command('chat-1', 'jump', {}, 20), { code: 'SERVER_SILENT' });
    },
  ],
];

async function thrown(failing: Promise<unknown>): Promise<PomeloError> {
  const error: unknown = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PomeloError);
  return error;
}
