import { startCluster, type TestCluster } from '@pomelo-ts/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let game: TestCluster;

beforeAll(async () => {
  game = await startCluster();
});
afterAll(() => game.stop());

test('a player comes through the gate and is greeted', async () => {
  const ann = await game.connectClient({ throughGate: true, uid: 'ann' });
  expect(await ann.request('connector.helloHandler.hello', { name: 'ann' })).toEqual({ text: 'hello ann' });
});
