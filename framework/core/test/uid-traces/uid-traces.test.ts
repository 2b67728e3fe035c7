import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { UidTraces } from '../../src/uid-traces/uid-traces.js';

const session = { id: 's-1', uid: 42 };
const answer = Buffer.from('head{"code":404,"msg":"none"}');
const texts = (traces: UidTraces, id = 'a') =>
  traces.fetch(id, ['42', 42]).lines.map(({ kind, what, code = '' }) => [kind, what, code].join(' ').trim());

describe('traces of users on a server', () => {
  it('are nothing to look at while nobody is traced, and again once nobody has fetched for five seconds', () => {
    const clock = new FakeClock();
    const traces = new UidTraces(clock);
    expect(traces.active).toBeUndefined();
    traces.fetch('a', ['42', 42]);
    clock.pass(4000);
    traces.fetch('a', ['42', 42]);
    clock.pass(4000);
    expect(traces.active).toBeDefined();
    clock.pass(1001);
    expect(traces.active).toBeUndefined();
  });

  it('are told to each who traces, of the traced users alone', () => {
    const traces = new UidTraces(new FakeClock());
    traces.fetch('a', ['42', 42]);
    traces.fetch('b', ['42', 42]);
    const { active } = traces;
    active!.received(session, 7, 'chat.room.say', 10);
    active!.received({ id: 's-2', uid: 43 }, 7, 'chat.room.say', 10);
    active!.received({ id: 's-3', uid: undefined }, 7, 'chat.room.say', 10);
    active!.answered(session, 7, answer, 4, answer.length);
    active!.answered(session, 8, Buffer.from([1, 2, 3]), 0, 3);
    active!.pushed(session, 'onChat', 20, true);
    active!.pushed(session, 'onChat', 20, false);
    active!.working(session, 'chat.room.say')!('ok');
    active!.happened(42, 'join', 'lobby');
    const all = [
      'request chat.room.say',
      'answer chat.room.say 404',
      'answer (asked before the trace)',
      'push onChat',
      'dropped onChat',
      'work chat.room.say ok',
      'join lobby',
    ];
    expect(texts(traces)).toEqual(all);
    expect(texts(traces, 'b')).toEqual(all);
    expect(texts(traces)).toEqual([]);
    expect(active!.working({ id: 's-2', uid: 43 }, 'chat.room.say')).toBeUndefined();
  });

  it('have an end: the other ones go on', () => {
    const traces = new UidTraces(new FakeClock());
    traces.fetch('a', [42]);
    traces.fetch('b', [42]);
    traces.end('a');
    traces.active!.happened(42, 'bound', '');
    expect(texts(traces, 'b')).toEqual(['bound']);
    traces.end('b');
    expect(traces.active).toBeUndefined();
  });

  it('keep 200 lines of a second at most and count the others, and are 20 at most', () => {
    const traces = new UidTraces(new FakeClock());
    traces.fetch('a', [42]);
    for (let n = 0; n < 1000; n++) traces.active!.happened(42, 'join', 'x'.repeat(1000));
    const { lines, lost } = traces.fetch('a', [42]);
    expect(lines.length + lost).toBe(1000);
    expect(lines.length).toBeLessThanOrEqual(400); // a second may have ended meanwhile
    expect(lines[0]!.what).toHaveLength(200);
    for (let n = 1; n < 20; n++) traces.fetch(`more-${n}`, [n]);
    expect(() => traces.fetch('too many', [1])).toThrow('20 traces');
  });
});
