import { isFailure } from '@pomelo-ts/client';
import { defineRobot, type Robot } from '@pomelo-ts/client/robot';
import type { GameContract } from '../app/generated/client.js';

type Player = Robot<GameContract>;

/** As many meet in a room, and fight each other in its arena. */
const playersOfRoom = 8;

/** Players of the game: through the gate into a room, then they talk and fight until the run is over. */
export default defineRobot<GameContract>({
  options: { users: 40, rampMs: 5000, durationMs: 30_000 },
  thresholds: ['errors<1%'],
  async player(robot) {
    await robot.measure('into the arena', () => enter(robot));
    let dashes = 0;
    robot.on('onArenaTag', () => robot.count('tags heard of'));
    while (robot.running) {
      for (let turn = 0; turn < 5; turn++) {
        if (robot.random() < 0.2) dashes++;
        robot.notify('arena.arenaHandler.steer', { x: direction(robot), y: direction(robot), dash: dashes });
        await robot.think(200, 800);
      }
      await talk(robot);
    }
  },
});

async function enter(robot: Player): Promise<void> {
  await robot.connect();
  const rid = `robots-${Math.floor(robot.index / playersOfRoom)}`;
  const entered = await robot.request('connector.entryHandler.enter', { username: robot.uid, rid });
  if (isFailure(entered) || 'error' in entered) throw new Error(`not let into ${rid}: ${entered.message}`);
  robot.on('onArenaTick', () => {});
  await robot.request('arena.arenaHandler.enter');
}

/** Says something and waits until it is heard, as everybody else in the room does. */
async function talk(robot: Player): Promise<void> {
  const content = `${robot.uid} has played ${robot.rounds} rounds`;
  const heard = robot.expectPush('onChat', ({ from }) => from === robot.uid);
  await robot.request('chat.chatHandler.send', { content });
  await heard;
}

/** Hundredths of full speed. */
function direction(robot: Player): number {
  return Math.round(robot.random() * 200 - 100);
}
