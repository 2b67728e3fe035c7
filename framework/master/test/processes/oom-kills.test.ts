import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { OomKills } from '../../src/processes/oom-kills.js';

/** A kernel that counts what it kills in a file of its own. */
class Kernel {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-vmstat-'));
  readonly clock = new FakeClock();
  readonly file = join(this.#folder, 'vmstat');
  #count = 7;
  readonly kills: OomKills;

  constructor() {
    this.kill(0);
    this.kills = new OomKills(this.clock, this.file);
  }

  kill(many = 1): void {
    this.#count += many;
    writeFileSync(this.file, `oom_kill_disabled 1\nnr_free_pages 12\noom_kill ${this.#count}\nnuma_hit 3\n`);
  }

  [Symbol.dispose](): void {
    this.kills.close();
    rmSync(this.#folder, { recursive: true });
  }
}

describe('a kill for want of memory', () => {
  it('is none when the kernel has counted none since this began', () => {
    using kernel = new Kernel();
    expect(kernel.kills.explainOne()).toBe(false);
  });

  it('explains the end of one process, and two kills those of two', () => {
    using kernel = new Kernel();
    kernel.kill();
    expect([kernel.kills.explainOne(), kernel.kills.explainOne()]).toEqual([true, false]);
    kernel.kill(2);
    kernel.clock.pass(1000);
    expect([1, 2, 3].map(() => kernel.kills.explainOne())).toEqual([true, true, false]);
  });

  it('of another process, a while ago, explains nothing', () => {
    using kernel = new Kernel();
    kernel.kill();
    kernel.clock.pass(5000);
    expect(kernel.kills.explainOne()).toBe(false);
  });

  it('is never told by a system that does not count them', () => {
    const kills = new OomKills(new FakeClock(), '/nowhere/vmstat');
    expect(kills.explainOne()).toBe(false);
    kills.close();
  });
});
