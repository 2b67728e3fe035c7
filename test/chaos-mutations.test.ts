import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { serverIdsOn } from './chaos/game.js';
import { promises } from './chaos/invariants.js';
import { allMutations } from './chaos/mutation.js';
import { drawSchedule, hostsOf, showFault } from './chaos/schedule.js';

const mutations = await allMutations();
const root = new URL('../', import.meta.url);

describe('the mutations of the chaos suite', () => {
  it('break each promise that a run looks for', () => {
    const broken = new Set([...mutations.values()].map(({ promise }) => promise));
    expect(promises.filter((promise) => !broken.has(promise))).toEqual([]);
    expect([...broken].filter((promise) => !promises.includes(promise))).toEqual([]);
  });

  it('are each in the table of the last run, and no other is', () => {
    const table = readFileSync(new URL('chaos/README.md', import.meta.url), 'utf8');
    const names = [...table.matchAll(/^\| ([a-z-]+) \|.*\| told \|/gm)].map(([, name]) => name);
    expect(names).toEqual([...mutations.keys()]);
  });

  it.each([...mutations])('%s fits to the sources of the product as they are', (_, { edits }) => {
    expect(edits.length).toBeGreaterThan(0);
    for (const { file, find, replace } of edits) {
      expect(file).toMatch(/^framework\/[a-z]+\/src\/[a-z/-]+\.ts$/);
      const path = fileURLToPath(new URL(file, root));
      expect(existsSync(path), file).toBe(true);
      expect(readFileSync(path, 'utf8').split(find), `times that ${file} has ${find}`).toHaveLength(2);
      expect(replace).not.toBe(find);
    }
  });

  it.each([...mutations])('%s has the fault that it needs in its run, and few others', (_, mutation) => {
    const { seed, seconds, needs } = mutation;
    const hosts = hostsOf(seed);
    const steps = drawSchedule({ seed, ms: seconds * 1000, hosts, serverIds: serverIdsOn(hosts) });
    expect(steps.map(({ fault }) => showFault(fault))).toContain(needs);
    expect(steps.length).toBeLessThanOrEqual(4);
  });
});
