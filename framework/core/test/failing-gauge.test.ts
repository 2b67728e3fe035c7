import { type Logger, silentLogger } from '@pomelo-ts/common';
import { expect, it } from 'vitest';
import { startGame } from './running-game.js';

it('a server names a measure of the game whose function fails in its log, once', async () => {
  const warned: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (...line) => warned.push(line), child: () => logger };
  const parts = { servers: { chat: [{ id: 'chat-1' }] }, handlers: {} };
  await using game = await startGame(parts, { logger });
  const { measures, allMeasures } = game.app('chat-1');
  measures.gauge({ name: 'hall.rooms', help: 'Rooms that are open.' }, () => {
    throw new Error('no hall');
  });
  for (let i = 0; i < 3; i++) allMeasures.refresh();
  expect(warned).toEqual([
    [
      'the function that gives the measure hall.rooms failed, and it has no value until that works',
      { error: expect.objectContaining({ message: 'no hall' }) },
    ],
  ]);
});
