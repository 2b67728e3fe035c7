import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawSchedule } from './chaos/schedule.js';
import { problemsOfLeases } from './chaos/witnesses.js';

describe('the schedule of a chaos run', () => {
  const draw = (seed: number) =>
    drawSchedule({ seed, ms: 60_000, hosts: 3, serverIds: ['chat-1', 'chat-2', 'gate-1'] });

  it('is the same for the same seed, and another for another', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('has every kind of fault, and one at a time that keeps a host from the others', () => {
    const faults = Array.from({ length: 20 }, (_, seed) => draw(seed));
    expect(new Set(faults.flat().map(({ fault }) => fault.kind)).size).toBe(9);
    for (const steps of faults) {
      let freeAt = 0;
      for (const { at, fault } of steps) {
        if (!('ms' in fault)) continue;
        expect(at).toBeGreaterThanOrEqual(freeAt);
        freeAt = at + fault.ms;
      }
    }
  });
});

describe('what witnesses of a lease have written', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-witnesses-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (who: string, ...lines: string[]) =>
    writeFileSync(join(folder, who), lines.map((line) => `${line}\n`).join(''));

  it('is fine when each has begun after the last one has ended, with a higher token', () => {
    write('a.log', '5 100', '5 150', '9 400');
    write('b.log', '7 200', '7 300');
    expect(problemsOfLeases(folder)).toEqual({ holders: 3, problems: [] });
  });

  it('is told when two held it at once', () => {
    write('a.log', '5 100', '5 250');
    write('b.log', '7 200', '7 300');
    expect(problemsOfLeases(folder).problems).toEqual(['a.log held it until 250, b.log from 200']);
  });

  it('is told when a token does not rise', () => {
    write('a.log', '5 100');
    write('b.log', '5 200');
    expect(problemsOfLeases(folder).problems).toEqual(['b.log got the token 5 after 5']);
  });
});
