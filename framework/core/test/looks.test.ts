import { describe, expect, it } from 'vitest';
import { Looks } from '../src/server/looking/looks.js';

const row = (key: string) => ({ key, trouble: 0, cells: {} });
/** Somebody who looks, and what they have seen. */
const looker = (onRow: (key: string) => void = () => {}) => {
  const seen: string[] = [];
  const add = ({ key }: { readonly key: string }) => {
    seen.push(key);
    onRow(key);
  };
  return { seen, add };
};

describe('looks at the lines of a server', () => {
  it('share one walk when they come while another one goes, and lines are made once for all of them', async () => {
    let made = 0;
    let walks = 0;
    const looks = new Looks(function* () {
      walks++;
      for (let n = 0; n < 5; n++, made++) yield row(`r${n}`);
    });
    const lookers = Array.from({ length: 11 }, () => looker());
    const whole = await Promise.all(lookers.map((one) => looks.look(one)));
    expect(whole).toEqual(Array(11).fill(true));
    for (const { seen } of lookers) expect(seen).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expect([walks, made]).toEqual([2, 10]); // the first one, and all that came meanwhile
  });

  it('end with their time, and have what was found until then', async () => {
    const looks = new Looks(function* () {
      for (let n = 0; ; n++) yield row(`r${n}`);
    });
    const [one, other] = [looker(), looker()];
    expect(await Promise.all([looks.look(one), looks.look(other)])).toEqual([false, false]);
    expect(one.seen.length).toBeGreaterThan(100);
    expect(other.seen.length).toBeGreaterThan(0);
  });

  it('end so long after they were asked for, however late they begin, and have looked at something', async () => {
    const looks = new Looks(function* () {
      for (let n = 0; ; n++) yield row(`r${n}`);
    });
    const late = looker();
    const begun = performance.now();
    expect(await looks.look(late, begun - 10_000)).toBe(false);
    const early = looker();
    expect(await looks.look(early)).toBe(false);
    expect(late.seen.length).toBeGreaterThan(0);
    expect(early.seen.length).toBeGreaterThan(late.seen.length);
  });

  it('go on for others when the filter of one throws, who is told', async () => {
    const looks = new Looks(() => ['a', 'b', 'c'].map(row));
    const bad = looker((key) => {
      if (key === 'b') throw new Error('too long for it');
    });
    const first = looks.look(looker());
    const [good, worse] = [looker(), looks.look(bad)];
    const told = worse.catch((error: Error) => error.message);
    expect(await looks.look(good)).toBe(true);
    expect([await first, await told]).toEqual([true, 'too long for it']);
    expect(good.seen).toEqual(['a', 'b', 'c']);
    expect(bad.seen).toEqual(['a', 'b']);
  });

  it('are told when lines cannot be made, and the next ones are well', async () => {
    let fails = true;
    const looks = new Looks(function* () {
      if (fails) throw new Error('no lines');
      yield row('a');
    });
    await expect(looks.look(looker())).rejects.toThrow('no lines');
    fails = false;
    expect(await looks.look(looker())).toBe(true);
  });

  it('are refused when fifty wait already', async () => {
    const looks = new Looks(function* () {
      for (;;) yield row('r');
    });
    const waiting = Array.from({ length: 51 }, () => looks.look(looker()));
    expect(() => looks.look(looker())).toThrow('50 others look at it already');
    await Promise.all(waiting);
  });
});
