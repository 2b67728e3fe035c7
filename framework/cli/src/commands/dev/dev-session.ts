import { join, relative } from 'node:path';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { reasonOf } from '@pomelo-ts/common';
import type { CheckResult, SourceChanges } from '@pomelo-ts/dev';
import type { Master, ReloadRow } from '@pomelo-ts/master';
import type { Developer } from '../../developer.js';
import { ownPrincipal } from '../../principal.js';
import type { Paint } from '../../terminal.js';
import { escaped } from '../../view/escaped.js';
import { showMs } from '../../view/units.js';

/** What a {@link DevSession} works with. */
export interface DevSessionOptions {
  readonly root: string;
  readonly env: string;
  readonly master: Master;
  readonly sources: InstanceType<Developer['AppSources']>;
  readonly tools: Developer;
  /** Prints a line between those of servers. */
  readonly say: (line: string) => void;
  readonly paint: Paint;
}

/** Follows the sources of a game whose cluster runs: what is saved is compiled, and taken into use where it belongs. */
export class DevSession {
  readonly #options: DevSessionOptions;
  readonly #checker: InstanceType<Developer['TypeChecker']>;
  #watching: Promise<() => Promise<void>> | undefined;
  /** Changes are worked off one after the other. */
  #work: Promise<void> = Promise.resolve();
  #lastProblems = '';
  readonly #asker = { principal: ownPrincipal() };

  constructor(options: DevSessionOptions) {
    this.#options = options;
    this.#checker = new options.tools.TypeChecker(options.root, (result) => this.#tellCheck(result));
  }

  start(): void {
    const { sources, root } = this.#options;
    this.#watching = sources.watch((changes) => {
      this.#work = this.#work.then(() => this.#apply(changes)).catch((error) => this.#error(reasonOf(error)));
    });
    void this.#watching.then(() => this.#note(`watching ${relative(root, sources.directory) || '.'}`));
    this.#checker.check();
  }

  async close(): Promise<void> {
    await (await this.#watching)?.();
    await this.#checker.close();
  }

  async #apply(changes: SourceChanges): Promise<void> {
    const configFolder = join(this.#options.root, 'config');
    const isConfig = (file: string) => !relative(configFolder, file).startsWith('..');
    const { changed, removed } = changes;
    const config = [...changed, ...removed].filter(isConfig);
    if (config.some((file) => !file.endsWith('contract.json') && !file.includes('/schema/')))
      this.#tellConfig(config);
    const own = {
      changed: changed.filter((file) => !isConfig(file)),
      removed: removed.filter((file) => !isConfig(file)),
    };
    if (own.changed.length + own.removed.length > 0) await this.#take(own);
  }

  async #take(changes: SourceChanges): Promise<void> {
    const begun = performance.now();
    const problems = this.#options.sources.update(changes);
    if (problems.length > 0) {
      for (const problem of problems) this.#error(problem);
      this.#note('the old code runs on');
      return;
    }
    this.#checker.check();
    const rows = await this.#reload();
    const swapped = rows.filter((row) => row.swapped.length + row.removed.length > 0);
    if (swapped.length > 0)
      this.#done(`reloaded ${swapped.map(({ id }) => id).join(', ')}`, performance.now() - begun);
    await this.#restart(rows.filter(({ needRestart }) => needRestart.length > 0));
    await this.#startFallen();
  }

  /** Type by type: when the code of one does not load, the others get theirs all the same. */
  async #reload(): Promise<readonly ReloadRow[]> {
    const { master } = this.#options;
    const rows: ReloadRow[] = [];
    for (const type of new Set(master.entries.map((entry) => entry.type))) {
      try {
        const how = { types: [type], watchMs: 0, force: true };
        rows.push(...(await master.operate('servers.reload', how, this.#asker)).servers);
      } catch (error) {
        this.#error(reasonOf(error));
        this.#note(`the old code of ${type} runs on`);
      }
    }
    return rows;
  }

  /** Clients of a server that restarts come back by themselves. */
  async #restart(rows: readonly ReloadRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { master, root } = this.#options;
    const begun = performance.now();
    const ids = rows.map(({ id }) => id);
    const files = new Set(rows.flatMap(({ needRestart }) => needRestart.map((file) => relative(root, file))));
    try {
      // who has just saved sees errors at once
      await master.operate('servers.restart', { ids, watchMs: 0, atOnce: 'all' }, this.#asker);
      this.#done(
        `restarted ${ids.join(', ')} for ${escaped([...files].join(', '))}`,
        performance.now() - begun,
      );
    } catch (error) {
      this.#error(reasonOf(error));
      this.#note('the next change starts it again');
    }
  }

  /** A server whose new code did not start gets another chance with every change. */
  async #startFallen(): Promise<void> {
    const { master } = this.#options;
    const ids = master
      .list()
      .filter(({ pid }) => pid === undefined)
      .map(({ id }) => id);
    if (ids.length === 0) return;
    const begun = performance.now();
    const { started } = await master.operate('servers.start', { ids }, this.#asker);
    if (started.length > 0) this.#done(`started ${started.join(', ')}`, performance.now() - begun);
  }

  #tellConfig(files: readonly string[]): void {
    const { root, env } = this.#options;
    const names = files.map((file) => relative(root, file)).join(', ');
    try {
      loadClusterConfig({ root, env });
      this.#note(`${names} changed: stop and start pomelo-ts dev to use it`);
    } catch (error) {
      this.#error(reasonOf(error));
    }
  }

  /** Type errors keep nothing from running; the same ones are not told twice. */
  #tellCheck({ problems, written, warnings }: CheckResult): void {
    if (written.length > 0) this.#note(`wrote ${written.join(', ')}`);
    const all = [...problems, ...warnings].join('\n');
    if (all === this.#lastProblems) return;
    if (all === '') this.#note('types are fine again');
    this.#lastProblems = all;
    for (const problem of problems) this.#error(problem);
    for (const warning of warnings)
      this.#options.say(`[dev] ${this.#options.paint('yellow', 'warning')} ${warning}`);
  }

  #done(what: string, ms: number): void {
    this.#options.say(`[dev] ${this.#options.paint('green', what)} (${showMs(ms)})`);
  }

  #error(text: string): void {
    const [first = '', ...more] = text.split('\n');
    this.#options.say(`[dev] ${this.#options.paint('red', 'error')} ${escaped(first)}`);
    for (const line of more) this.#options.say(`[dev] ${escaped(line)}`); // what is said is one line each
  }

  #note(text: string): void {
    this.#options.say(`[dev] ${this.#options.paint('dim', text)}`);
  }
}
