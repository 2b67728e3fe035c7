import { relative } from 'node:path';
import { appFileOf } from '@pomelo-ts/cluster/internal';
import type { Clock } from '@pomelo-ts/common';
import type { Application } from '../application.js';
import { importModule, instantiate, loadService } from '../dispatch/app-modules.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { Filter } from '../dispatch/filter.js';
import { hooksFileOf, passedOverOf, serviceFiles } from '../dispatch/module-files.js';
import type { RemoteTable } from '../remote/remote-table.js';
import type { Service, ServiceKind } from '../service.js';
import { type CodeChange, CodeChanges } from './code-changes.js';
import { type CodeFiles, readCode } from './code-files.js';
import { CodeHooks } from './code-hooks.js';
import { ContractCheck, type ContractStanding } from './contract-check.js';
import type { Endings } from './endings.js';

/** What came of a reload. */
export interface ReloadResult {
  /** Files whose new code runs now, or ran never before. */
  readonly swapped: readonly string[];
  /** Files that are gone, with their routes. */
  readonly removed: readonly string[];
  /** Changed files that only a new process takes; when there is one, nothing was swapped. */
  readonly needRestart: readonly string[];
  /** What the new contract is to the old one. */
  readonly contract: ContractStanding;
}

/** A file in `filter/`: its filter. */
interface FilterFile {
  readonly file: string;
  readonly filter: Filter;
  readonly hot: boolean;
}

/** The code of one moment that can be swapped. */
interface Code {
  readonly services: Readonly<Record<ServiceKind, readonly Service[]>>;
  readonly filters: readonly FilterFile[];
}

/** Makes one file of the code. */
type Make = <One extends object>(make: () => Promise<One>) => Promise<One>;

const kinds = ['handler', 'remote', 'cron'] as const;

const allOf = ({ services, filters }: Code): (Service | FilterFile)[] => [
  ...kinds.flatMap((kind) => services[kind]),
  ...filters,
];

/** The first code of a server: the start has a time of its own. */
const atStart: CodeChange = { check: () => {}, takeOver: () => {} };

/**
 * The game's code in one server: what is in `app/servers/<type>/{handler,remote,cron,filter}`. It can be swapped while the
 * server runs; everything that those files import, and `app.js`, is loaded once.
 */
export class ServerCode {
  readonly #app: Application;
  readonly #dispatcher: Dispatcher;
  readonly #remotes: RemoteTable;
  readonly #contract: ContractCheck;
  #code: Code = { services: { handler: [], remote: [], cron: [] }, filters: [] };
  #before: Code | undefined;
  #files: CodeFiles = new Map();
  #version = 0;
  /** Files that were passed over, and told. */
  readonly #told = new Set<string>();
  readonly #hooks: CodeHooks;
  readonly #changes: CodeChanges;
  /** Makes the code of a file once more, for each that has been made: from the module as it was then. */
  readonly #makers = new WeakMap<object, () => Promise<object>>();
  /** Code that has left and whose `onStop` has run. */
  readonly #ended = new WeakSet<object>();

  constructor(
    app: Application,
    dispatcher: Dispatcher,
    remotes: RemoteTable,
    { endings, clock }: { readonly endings: Endings; readonly clock: Clock },
  ) {
    this.#app = app;
    this.#dispatcher = dispatcher;
    this.#remotes = remotes;
    this.#contract = new ContractCheck(app.root);
    this.#hooks = new CodeHooks(app, endings);
    this.#changes = new CodeChanges(clock);
  }

  /** Loads everything and puts it to use. @throws APP_LOAD_FAILED, APP_INVALID */
  async load(): Promise<void> {
    this.#use(await this.#build(() => undefined, atStart), []);
    this.#tellPassedOver();
  }

  /** Remembers what the files say, to know later what has changed. Not part of the start: it reads all files. */
  remember(): void {
    this.#files = this.#readFiles();
    this.#contract.remember();
  }

  /**
   * Takes the files' new code into use: all of it or, when one does not load or needs a new process, nothing. Files that
   * say what they said keep their instances; what the others had registered ends with them. It waits for its turn.
   *
   * @param force also when the new contract breaks the old one
   * @param withinMs when it has to have taken over, from now
   * @throws RELOAD_BREAKS, RELOAD_LATE, APP_LOAD_FAILED, APP_INVALID; the old code runs on
   */
  reload(force: boolean, withinMs: number): Promise<ReloadResult> {
    return this.#changes.run(withinMs, (change) => this.#reload(force, change));
  }

  async #reload(force: boolean, change: CodeChange): Promise<ReloadResult> {
    const contract = await this.#contract.check(force);
    const files = this.#readFiles();
    const changed = new Set([...files.keys()].filter((file) => this.#files.get(file) !== files.get(file)));
    const kept = new Map(allOf(this.#code).map((one) => [one.file, one]));
    const swappable = new Set(this.#paths());
    const needRestart = [...changed].filter((file) => !swappable.has(file) || kept.get(file)?.hot === false);
    const removed = [...kept.keys()].filter((file) => !swappable.has(file));
    if (needRestart.length > 0) return { swapped: [], removed: [], needRestart, contract };
    if (changed.size === 0 && removed.length === 0)
      return { swapped: [], removed: [], needRestart: [], contract };
    this.#version++;
    const before = this.#code;
    const known = (file: string) => (changed.has(file) ? undefined : kept.get(file));
    await this.#replace(await this.#build(known, change), change);
    this.#before = before;
    this.#files = files;
    this.#contract.remember();
    this.#tellPassedOver();
    return { swapped: [...changed], removed, needRestart: [], contract };
  }

  /**
   * Takes the code into use again that ran before the last reload; false when there is none. What has ended with that, as it
   * had an `onStop` say, is made anew from the former module.
   *
   * @param withinMs when it has to have taken over, from now
   * @throws RELOAD_LATE
   */
  restore(withinMs: number): Promise<boolean> {
    return this.#changes.run(withinMs, (change) => this.#restore(change));
  }

  async #restore(change: CodeChange): Promise<boolean> {
    const before = this.#before;
    if (!before) return false;
    const next = await this.#attempt(async (make) => {
      const again = async <One extends object>(all: readonly One[]): Promise<One[]> => {
        const code: One[] = [];
        for (const one of all)
          code.push(this.#ended.has(one) ? await make(this.#makers.get(one) as () => Promise<One>) : one);
        return code;
      };
      const { handler, remote, cron } = before.services;
      const services = {
        handler: await again(handler),
        remote: await again(remote),
        cron: await again(cron),
      };
      return { services, filters: await again(before.filters) };
    }, change);
    await this.#replace(next, change);
    this.#before = undefined;
    // The files are still the ones that were not good: another reload must see them as changed.
    this.#files = new Map([...this.#files].filter(([file]) => !this.#paths().includes(file)));
    return true;
  }

  /** Loads all files, except those that `known` gives. */
  #build(known: (file: string) => Service | FilterFile | undefined, change: CodeChange): Promise<Code> {
    const version = this.#version;
    return this.#attempt(async (make) => {
      const services: Record<ServiceKind, Service[]> = { handler: [], remote: [], cron: [] };
      for (const kind of kinds) {
        for (const file of this.#pathsOf(kind)) {
          const kept = known(file) as Service | undefined;
          services[kind].push(kept ?? (await make(() => this.#loadService(kind, file, version))));
        }
      }
      const filters: FilterFile[] = [];
      for (const file of this.#pathsOf('filter')) {
        const kept = known(file) as FilterFile | undefined;
        filters.push(kept ?? (await make(() => this.#loadFilter(file, version))));
      }
      return { services, filters };
    }, change);
  }

  /** Builds code. When that fails or is given up, what was made for it ends at once. */
  async #attempt(build: (make: Make) => Promise<Code>, change: CodeChange): Promise<Code> {
    const fresh: object[] = [];
    try {
      return await build(async (make) => {
        const made = await this.#hooks.make(make);
        this.#makers.set(made, make);
        fresh.push(made);
        change.check();
        return made;
      });
    } catch (error) {
      await this.#hooks.end(fresh);
      throw error;
    }
  }

  /** A file that lies where handlers do and is none would be a route that nobody has, without a word. */
  #tellPassedOver(): void {
    const { registrations, serverType, root, logger } = this.#app;
    for (const { file, reason } of registrations.appDirs.flatMap((dir) => passedOverOf(dir, serverType))) {
      if (this.#told.has(file)) continue;
      this.#told.add(file);
      logger.warn(`${relative(root, file)} is passed over: ${reason}`);
    }
  }

  #loadService(kind: ServiceKind, file: string, version: number): Promise<Service> {
    const { modules } = this.#app.registrations;
    return modules ? modules.service(kind, file, version) : loadService(file, this.#app, version);
  }

  async #loadFilter(file: string, version: number): Promise<FilterFile> {
    const { default: exported, hot } = await importModule<object>(file, version);
    const filter = (await instantiate(file, exported, this.#app)) as Filter;
    return { file, filter, hot: hot !== false };
  }

  /** Takes other code into use while the server runs. What has ended is made anew should it come back. */
  async #replace(next: Code, change: CodeChange): Promise<void> {
    const [before, after] = [allOf(this.#code), allOf(next)];
    const coming = after.filter((one) => !before.includes(one));
    const leaving = before.filter((one) => !after.includes(one));
    try {
      await this.#app.crons.prepare(next.services.cron);
      change.takeOver();
      this.#use(next, leaving);
    } catch (error) {
      await this.#hooks.end(coming);
      throw error;
    }
    const inTime = this.#hooks.inTime();
    await this.#hooks.started(coming, inTime);
    for (const one of leaving) if (this.#hooks.has(one)) this.#ended.add(one);
    await this.#hooks.end(leaving, inTime);
  }

  #use(code: Code, leaving: readonly (Service | FilterFile)[]): void {
    const { handler, remote, cron } = code.services;
    const before = allOf(this.#code);
    const coming = allOf(code).filter((one) => !before.includes(one));
    this.#app.crons.useServices(cron, this.#hooks.cronsOf(leaving, coming));
    this.#hooks.swap(leaving, coming);
    this.#dispatcher.useServices(handler);
    this.#dispatcher.useFilters([
      ...this.#app.registrations.filters,
      ...code.filters.map(({ filter }) => filter),
    ]);
    this.#remotes.useServices(this.#app.serverType, remote);
    this.#code = code;
  }

  #paths(): string[] {
    return ([...kinds, 'filter'] as const).flatMap((kind) => this.#pathsOf(kind));
  }

  #pathsOf(kind: ServiceKind | 'filter'): string[] {
    const { appDirs, modules } = this.#app.registrations;
    if (modules) return modules.files(kind);
    return appDirs.flatMap((appDir) => serviceFiles(appDir, this.#app.serverType, kind));
  }

  #readFiles(): CodeFiles {
    const { appDir, serverType } = this.#app;
    const roots = [appFileOf(appDir), hooksFileOf(appDir, serverType)].filter((file) => file !== undefined);
    return readCode([...roots, ...this.#paths()]);
  }
}
