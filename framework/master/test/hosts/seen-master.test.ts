import { expect, it } from 'vitest';
import { requireSeenMaster } from '../../src/hosts/seen-master.js';

it('a master on an address of its network is found by servers on other hosts', async () => {
  await requireSeenMaster('game-b', '10.0.0.1', '10.0.0.1');
  await requireSeenMaster('game-b', '10.0.0.1', undefined);
  await requireSeenMaster('game-b', '0.0.0.0', '10.0.0.1');
});

it.each([
  ['127.0.0.1', '10.0.0.1', 'that is an address which only'],
  ['127.0.1.1', '10.0.0.1', 'that is an address which only'],
  ['::1', '10.0.0.1', 'that is an address which only'],
  ['localhost', '10.0.0.1', 'that name means'],
  ['0.0.0.0', undefined, 'which of its addresses they see is not known'],
])('a master that listens at %s is hidden from a host that sees %s', async (masterHost, seen, reason) => {
  await expect(requireSeenMaster('game-b', masterHost, seen)).rejects.toMatchObject({
    code: 'MASTER_HIDDEN',
    message: expect.stringContaining(reason),
  });
});
