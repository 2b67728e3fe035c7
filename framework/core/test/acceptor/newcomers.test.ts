import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Newcomers } from '../../src/acceptor/newcomers.js';
import { Origins } from '../../src/acceptor/origins.js';

describe('newcomers', () => {
  it('give way where one address has more of them than others, the oldest first', () => {
    const origins = new Origins();
    const newcomers = new Newcomers(origins, 10);
    const honest = [new Socket(), new Socket()];
    for (const [i, socket] of honest.entries())
      expect(newcomers.add(socket, `10.0.0.${i}`, 100)).toBeUndefined();
    const crowd = Array.from({ length: 100 }, () => new Socket());
    const evicted = crowd.map((socket) => newcomers.add(socket, '10.0.0.9', 100)).filter(Boolean);
    expect(evicted).toEqual(crowd.slice(0, 92));
    const late = new Socket();
    expect(newcomers.add(late, '10.0.0.3', 100)).toBe(crowd[92]);
    expect(newcomers.size).toBe(10);
    expect(newcomers.oldestOfCrowd()).toBe(crowd[93]);
    for (const socket of [...newcomers.all()]) newcomers.delete(socket);
    expect([newcomers.size, origins.size]).toEqual([0, 0]);
  });

  it('have their time, and are known by it', () => {
    const newcomers = new Newcomers(new Origins(), 10);
    const [early, late] = [new Socket(), new Socket()];
    newcomers.add(early!, '10.0.0.1', 100);
    newcomers.add(late!, '10.0.0.1', 200);
    expect(newcomers.expired(150)).toEqual([early]);
  });

  it('that are added again count once, and begin anew', () => {
    const origins = new Origins();
    const newcomers = new Newcomers(origins, 2);
    const [again, other] = [new Socket(), new Socket()];
    newcomers.add(again!, '10.0.0.1', 100);
    newcomers.add(other!, '10.0.0.1', 200);
    for (let deadline = 300; deadline < 1300; deadline++)
      expect(newcomers.add(again!, '10.0.0.1', deadline)).toBeUndefined();
    expect(newcomers.size).toBe(2);
    expect([newcomers.expired(250), newcomers.oldestOfCrowd()]).toEqual([[other], other]);
    for (const socket of [again!, other!]) newcomers.delete(socket);
    expect([newcomers.size, origins.size]).toEqual([0, 0]);
  });
});

describe('an origin', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:1:2:3', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
    ['::1', '::2', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
    ['::ffff:10.0.0.1', '::1', false],
    ['1::2:3:4:5:6:7', '1:0:2:3:9::', true],
  ])('of %s and of %s: the same is %s', (one, other, same) => {
    const origins = new Origins();
    expect(origins.enter(one) === origins.enter(other)).toBe(same);
  });
});
