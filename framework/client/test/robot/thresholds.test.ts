import { describe, expect, it } from 'vitest';
import { judge } from '../../src/robot/judge.js';
import { Measures } from '../../src/robot/measures.js';
import { RobotError } from '../../src/robot/robot-error.js';
import { Tally } from '../../src/robot/tally.js';
import { parseThreshold } from '../../src/robot/thresholds.js';

const users = { waiting: 0, connecting: 0, active: 1, failed: 0, done: 0 };

/** 100 requests of 1 … 100 ms, one of them failed; ten notifies, and a measured part without times. */
function tally(): Tally {
  const measures = new Measures();
  for (let ms = 1; ms <= 100; ms++)
    measures.done('request', 'chat.chatHandler.send', ms, ms === 100 ? '500 no' : undefined);
  measures.count('counter', 'kills', 10);
  measures.failed('measure', 'enter', new Error('no'));
  const all = new Tally();
  all.add(
    0,
    { second: 0, seconds: 1, busy: 0.5, last: Number.POSITIVE_INFINITY },
    { ...measures.take(), users },
  );
  return all;
}

const verdict = (text: string) => judge([parseThreshold(text)], tally(), 10)[0]!;

describe('a threshold', () => {
  it.each([
    ['p50<51ms', true, '50ms'],
    ['p95 < 90ms', false, '95ms'],
    ['p99.9<=0.1s', true, '100ms'],
    ['mean>50ms', true, '50.5ms'],
    ['min<1ms', false, '1ms'],
    ['max<=100000us', true, '100ms'],
    ['errors<1%', false, '1%'],
    ['errors<=1%', true, '1%'],
    ['errors<2', true, '1'],
    ['count>=100', true, '100'],
    ['rate>9/s', true, '10/s'],
    ['chat.chatHandler.send p95<100ms', true, '95ms'],
    ['chat.chatHandler.send errors<1', false, '1'],
    ['kills count>9', true, '10'],
    ['kills rate>2/s', false, '1/s'],
  ])('%s: %s', (text, holds, got) => {
    expect(verdict(text)).toEqual({ text, holds, got });
  });

  it('fails, and says why, when there is nothing to judge by', () => {
    expect(verdict('chat.chatHandler.sned p95<1s')).toMatchObject({
      holds: false,
      got: 'there was no chat.chatHandler.sned',
    });
    expect(verdict('enter p95<1s').got).toBe('no times: nothing was answered, or it is only counted');
    expect(verdict('kills p95<1s').holds).toBe(false);
    expect(judge([parseThreshold('p99<1s')], new Tally(), 1)[0]!.holds).toBe(false);
  });

  it.each([
    '',
    'p99',
    'p99<200',
    'p99<200minutes',
    'p0<1ms',
    'p100<1ms',
    'p99=5ms',
    'error<1%',
    'rate>1%',
    'count<5ms',
    'errors<-1',
  ])('is refused as "%s", with what is expected', (text) => {
    expect(() => parseThreshold(text)).toThrow(RobotError);
    expect(() => parseThreshold(text)).toThrow(/expected a threshold as p50.*got "/);
  });
});
