import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { awakeClock } from '../../src/supervisor/awake-clock.js';
import { ProcessClock } from '../process-clock.js';

function set() {
  const world = new FakeClock();
  const own = new ProcessClock(world);
  const clock = awakeClock(own);
  const fired: number[] = [];
  const wait = (ms: number) => clock.after(ms, () => fired.push(world.now()));
  const sleep = (ms: number) => {
    own.pause();
    world.pass(ms);
    own.goOn();
  };
  return { world, fired, wait, sleep };
}

describe('a clock that counts the time in which its process is awake', () => {
  it('calls at the time that was asked for, to the millisecond', () => {
    const { world, fired, wait } = set();
    for (const ms of [0, 1, 250, 251, 1999]) wait(ms);
    world.pass(3000);
    expect(fired).toEqual([0, 1, 250, 251, 1999]);
  });

  it('calls as much later as the process slept', () => {
    const { world, fired, wait, sleep } = set();
    wait(5000);
    world.pass(2000);
    sleep(60_000);
    world.pass(2700);
    expect(fired).toEqual([]);
    world.pass(300);
    expect(fired).toHaveLength(1);
  });

  it('leaves time to read what has come, for what would be due at once when the process wakes', () => {
    const { world, fired, wait, sleep } = set();
    wait(400); // no more time than it had in all
    wait(1300);
    world.pass(1200);
    sleep(10_000);
    wait(400);
    world.pass(999);
    expect(fired).toEqual([400, 11_600]);
    world.pass(1);
    expect(fired).toEqual([400, 11_600, 12_200]);
  });

  it('takes a wait that is shorter than that as a whole once more', () => {
    const { world, fired, wait, sleep } = set();
    wait(400);
    world.pass(300);
    sleep(10_000);
    world.pass(399);
    expect(fired).toEqual([]);
    world.pass(1);
    expect(fired).toHaveLength(1);
  });

  it('can be cancelled, also between two of its parts', () => {
    const { world, fired, wait } = set();
    const cancel = wait(1000);
    world.pass(600);
    cancel();
    world.pass(5000);
    expect(fired).toEqual([]);
  });
});
