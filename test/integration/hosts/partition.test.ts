import type { ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterKeys } from '@pomelo-ts/cluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/cluster-process.js';
import { NetLab } from '../../helpers/netlab.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const helpers = join(repository, 'test', 'helpers');
const keys = await ClusterKeys.of({ secret: 'of the integration tests of partitions' });
const ids = ['field-1', 'field-2', 'field-3'];
/** A free port of hosts that have no others. */
const port = 7000;

interface Note {
  readonly kind: 'view' | 'sent' | 'answered' | 'failed' | 'delivered' | 'let go';
  /** Of the server that has noted it. */
  readonly by: string;
  readonly at: number;
  readonly to: string;
  readonly n?: number;
  readonly code?: string;
  readonly what: string;
  readonly view: readonly string[];
}

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(3);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** One server on each host, and the master on the first. */
class Field implements AsyncDisposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-field-'));
  readonly #processes: ChildProcess[] = [];
  readonly #masterSaid: { view?: readonly string[]; lost?: string; listening?: true }[] = [];
  #errors = '';

  static async start(): Promise<Field> {
    const field = new Field();
    try {
      field.#writeGame();
      await field.#startMaster();
      for (const [index, id] of ids.entries()) field.#startServer(index, id);
      await eventually(() => field.isWhole(), 'all servers in sight of each other', 20_000);
    } catch (error) {
      await field[Symbol.asyncDispose]();
      throw new Error(`${error}\n${field.#errors}`);
    }
    return field;
  }

  /** Notes of all servers since `from`, on the clock of `now`. */
  notes(from = 0): Note[] {
    return ids.flatMap((by) => {
      const file = join(this.root, 'notes', by);
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
      return lines
        .map((line) => ({ by, ...(JSON.parse(line) as Omit<Note, 'by'>) }))
        .filter(({ at }) => at >= from);
    });
  }

  get now(): number {
    return performance.timeOrigin + performance.now();
  }

  /** Servers whose link the master has lost. */
  get lost(): string[] {
    return this.#masterSaid.flatMap(({ lost }) => (lost === undefined ? [] : [lost]));
  }

  /** The master's view, and that of each server. */
  get views(): (readonly string[])[] {
    const master = this.#masterSaid.filter(({ view }) => view).at(-1)?.view ?? [];
    const notes = this.notes().filter(({ kind }) => kind === 'view');
    return [master, ...ids.map((id) => notes.filter(({ by }) => by === id).at(-1)?.view ?? [])];
  }

  /** Whether all see the same, and all servers ready. */
  isWhole(): boolean {
    const [first, ...others] = this.views.map((view) => view.join());
    const ready = this.views[0]!.filter((line) => line.endsWith(' ready'));
    return ready.length === ids.length && others.every((view) => view === first);
  }

  /** Whether each server has called each other one since then, and was answered. */
  talksSince(from: number): boolean {
    const answered = this.notes(from).filter(({ kind }) => kind === 'answered');
    return new Set(answered.map(({ by, to }) => `${by} ${to}`)).size === ids.length * (ids.length - 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#processes.map((child) => {
        const closed = new Promise((resolve) => child.once('close', resolve));
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        child.stdin!.end();
        return closed;
      }),
    );
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  #writeGame(): void {
    const remotes = join(this.root, 'app', 'servers', 'field', 'remote');
    mkdirSync(remotes, { recursive: true });
    mkdirSync(join(this.root, 'config'));
    copyFileSync(join(helpers, 'field-app.js'), join(this.root, 'app.js'));
    copyFileSync(join(helpers, 'field-remote.js'), join(remotes, 'fieldRemote.js'));
    const write = (file: string, value: unknown): void =>
      writeFileSync(join(this.root, file), JSON.stringify(value));
    write('package.json', { type: 'module' });
    write('config/servers.json', {
      field: ids.map((id, index) => ({ id, host: lab.hosts[index]!.address, port: port + 1 })),
    });
    write('config/master.json', { host: lab.hosts[0]!.address, port });
    write('config/settings.json', { rpc: { timeout: '2m' } }); // only a heartbeat can end a call in the time of a test
  }

  async #startMaster(): Promise<void> {
    const boot = { root: this.root, host: lab.hosts[0]!.address, port, roots: keys.roots };
    const master = this.#begin(0, join(helpers, 'field-master.mjs'), boot);
    let text = '';
    master.stdout!.on('data', (chunk) => {
      const lines = (text + String(chunk)).split('\n');
      text = lines.pop()!;
      this.#masterSaid.push(...lines.map((line) => JSON.parse(line)));
    });
    await eventually(() => this.#masterSaid.some(({ listening }) => listening), 'the master', 20_000);
  }

  #startServer(index: number, id: string): void {
    const masters = [{ host: lab.hosts[0]!.address, port }];
    const boot = {
      id,
      bootId: `${id}-life`,
      masters,
      keys: keys.ofServer(id),
      buildId: 'test',
      root: this.root,
      exitWithParent: true,
    };
    const script = join(repository, 'framework', 'core', 'dist', 'bundle', 'boot', 'main.js');
    this.#begin(index, script, boot).stdout!.resume();
  }

  #begin(host: number, script: string, boot: object): ChildProcess {
    const child = lab.hosts[host]!.begin(process.execPath, [script], {}, 'pipe');
    child.stdin!.on('error', () => {}); // its host may lose power before it has read all
    child.stdin!.write(`${JSON.stringify(boot)}\n`);
    child.stderr!.on('data', (chunk) => {
      this.#errors += String(chunk);
    });
    this.#processes.push(child);
    return child;
  }
}

/** Waits for `ms` of what goes on by itself. */
const goOn = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function expectNothingTwice(notes: readonly Note[]): void {
  const delivered = notes
    .filter(({ kind }) => kind === 'delivered')
    .map(({ by, what }) => `${what} to ${by}`);
  expect(delivered.length).toBeGreaterThan(100);
  expect(delivered.filter((one, index) => delivered.indexOf(one) !== index)).toEqual([]);
}

/** How often each call that was sent before then has ended. */
function endsOfCalls(notes: readonly Note[], before: number): number[] {
  const ends = new Map<string, number>();
  const callOf = ({ by, to, n }: Note): string => `${by} ${to} ${n}`;
  for (const note of notes) if (note.kind === 'sent' && note.at < before) ends.set(callOf(note), 0);
  for (const note of notes) {
    if (note.n === undefined || (note.kind !== 'answered' && note.kind !== 'failed')) continue;
    const count = ends.get(callOf(note));
    if (count !== undefined) ends.set(callOf(note), count + 1);
  }
  return [...ends.values()];
}

/** Every call that was sent before then ends, in one way and once. */
async function expectAllEndOnce(field: Field, before: number): Promise<void> {
  const ends = (): number[] => endsOfCalls(field.notes(), before);
  await eventually(() => ends().every((count) => count > 0), 'the end of all calls', 20_000);
  expect(ends().length).toBeGreaterThan(50);
  expect(ends().filter((count) => count !== 1)).toEqual([]);
}

describe('three hosts', () => {
  it('find one that loses power, and let go of all calls to it', async () => {
    await using field = await Field.start();
    await eventually(() => field.talksSince(0), 'calls between all');
    const off = field.now;
    await lab.hosts[2]!.off();
    try {
      const lettingGo = (): Note[] =>
        field.notes(off).filter(({ kind, to }) => kind === 'let go' && to === 'field-3');
      await eventually(
        () => new Set(lettingGo().map(({ by }) => by)).size === 2,
        'the end of the calls to it',
      );
      expect(new Set(lettingGo().map(({ code }) => code))).toEqual(new Set(['PEER_LOST']));
      const gone = (): boolean =>
        field.views.slice(0, 3).every((view) => !view.some((line) => line.startsWith('field-3 ')));
      await eventually(gone, 'a view without it', 20_000);
      expect(field.views[1]).toEqual(field.views[0]);
      expect(field.views[2]).toEqual(field.views[0]);
      const first = ids.slice(0, 2).map((id) => lettingGo().find(({ by }) => by === id)!.at - off);
      console.log(`power off: calls to it ended after ${first.map(Math.round).join(' and ')} ms`);
    } finally {
      await lab.hosts[2]!.on();
    }
  });

  it('are one cluster again soon after one was cut off for longer than it keeps its place', async () => {
    await using field = await Field.start();
    await eventually(() => field.talksSince(0), 'calls between all');
    const cut = field.now;
    lab.hosts[2]!.cut();
    await eventually(() => field.views[0]!.length === 2, 'the end of its place', 20_000);
    const healed = field.now;
    lab.hosts[2]!.heal();
    await eventually(() => field.isWhole(), 'one view for all', 20_000);
    const whole = field.now;
    await eventually(() => field.talksSince(whole), 'calls between all', 20_000);
    console.log(
      `cut for ${Math.round(healed - cut)} ms: one view ${Math.round(whole - healed)} ms after the heal`,
    );
    expectNothingTwice(field.notes());
    await expectAllEndOnce(field, healed);
  });

  it('lose nothing to a cut that is shorter than their patience', async () => {
    await using field = await Field.start();
    await eventually(() => field.talksSince(0), 'calls between all');
    lab.hosts[1]!.cut();
    await goOn(1000);
    lab.hosts[1]!.heal();
    const healed = field.now;
    await eventually(() => field.talksSince(healed), 'calls between all', 20_000);
    expect(field.notes().filter(({ kind }) => kind === 'failed' || kind === 'let go')).toEqual([]);
    expect(field.lost).toEqual([]);
    expectNothingTwice(field.notes());
    await expectAllEndOnce(field, healed);
  });

  it('are one cluster again after one could speak and heard nothing', async () => {
    await using field = await Field.start();
    await eventually(() => field.talksSince(0), 'calls between all');
    await lab.hosts[2]!.wan({ lossToHost: 1 });
    const begun = field.now;
    const lettingGo = (): Note[] =>
      field
        .notes(begun)
        .filter(({ kind, by, to }) => kind === 'let go' && (to === 'field-3' || by === 'field-3'));
    try {
      await eventually(
        () => new Set(lettingGo().map(({ by }) => by)).size === 3,
        'the end of the calls',
        20_000,
      );
    } finally {
      await lab.hosts[2]!.wan({});
    }
    const healed = field.now;
    await eventually(() => field.isWhole() && field.talksSince(healed), 'one cluster', 30_000);
    expectNothingTwice(field.notes());
    await expectAllEndOnce(field, healed);
  });

  it('take nobody for dead over lines of 200 ms with 10 % loss', async () => {
    await using field = await Field.start();
    const bad = field.now;
    // Each way between two hosts is over both their cables: together 200 ms, and 1 - 0.95 * 0.95 of the packets are lost.
    for (const host of lab.hosts) await host.wan({ delay: 100, jitter: 10, loss: 0.05 });
    try {
      await goOn(20_000);
      expect(field.notes().filter(({ kind }) => kind === 'failed' || kind === 'let go')).toEqual([]);
      expect(
        field.notes(bad).filter(({ kind, view }) => kind === 'view' && view.length < ids.length),
      ).toEqual([]);
      expect(field.isWhole()).toBe(true);
      // A link that breaks is dialed anew, and its server keeps its place meanwhile.
      console.log(`links that broke over bad lines: ${field.lost.length}`);
      expectNothingTwice(field.notes());
    } finally {
      for (const host of lab.hosts) await host.wan({});
    }
    const good = field.now;
    await eventually(() => field.talksSince(good), 'calls between all', 20_000);
    await expectAllEndOnce(field, good);
  });
});
