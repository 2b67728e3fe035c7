import { relative } from 'node:path';
import { appFileOf } from '@pomelo-ts/cluster';
import type { Application } from '../application.js';
import {
  importModule,
  instantiate,
  loadService,
  type Service,
  type ServiceKind,
} from '../dispatch/app-modules.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { Filter } from '../dispatch/filter.js';
import { hooksFileOf, passedOverOf, serviceFiles } from '../dispatch/module-files.js';
import type { RemoteTable } from '../remote/remote-table.js';
import { type CodeFiles, readCode } from './code-files.js';
import { ContractCheck, type ContractStanding } from './contract-check.js';

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

const kinds = ['handler', 'remote', 'cron'] as const;

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

  constructor(app: Application, dispatcher: Dispatcher, remotes: RemoteTable) {
    this.#app = app;
    this.#dispatcher = dispatcher;
    this.#remotes = remotes;
    this.#contract = new ContractCheck(app.root);
  }

  /** Loads everything and puts it to use. @throws APP_LOAD_FAILED, APP_INVALID */
  async load(): Promise<void> {
    this.#use(await this.#build(() => undefined));
    this.#tellPassedOver();
  }

  /** Remembers what the files say, to know later what has changed. Not part of the start: it reads all files. */
  remember(): void {
    this.#files = this.#readFiles();
    this.#contract.remember();
  }

  /**
   * Takes the files' new code into use: all of it or, when one does not load or needs a new process, nothing. Files that
   * say what they said keep their instances.
   *
   * @param force also when the new contract breaks the old one
   * @throws RELOAD_BREAKS, APP_LOAD_FAILED, APP_INVALID; the old code runs on
   */
  async reload(force = false): Promise<ReloadResult> {
    const contract = await this.#contract.check(force);
    const files = this.#readFiles();
    const changed = new Set([...files.keys()].filter((file) => this.#files.get(file) !== files.get(file)));
    const known = new Map(this.#all().map((one) => [one.file, one]));
    const swappable = new Set(this.#paths());
    const needRestart = [...changed].filter((file) => !swappable.has(file) || known.get(file)?.hot === false);
    const removed = [...known.keys()].filter((file) => !swappable.has(file));
    if (needRestart.length > 0) return { swapped: [], removed: [], needRestart, contract };
    if (changed.size === 0 && removed.length === 0)
      return { swapped: [], removed: [], needRestart: [], contract };
    this.#version++;
    const next = await this.#build((file) => (changed.has(file) ? undefined : known.get(file)));
    this.#before = this.#code;
    this.#use(next);
    this.#files = files;
    this.#contract.remember();
    this.#tellPassedOver();
    return { swapped: [...changed], removed, needRestart: [], contract };
  }

  /** Takes the code into use again that ran before the last reload; false when there is none. */
  restore(): boolean {
    if (!this.#before) return false;
    this.#use(this.#before);
    this.#before = undefined;
    // The files are still the ones that were not good: another reload must see them as changed.
    this.#files = new Map([...this.#files].filter(([file]) => !this.#paths().includes(file)));
    return true;
  }

  /** Loads all files, except those that `known` gives. */
  async #build(known: (file: string) => Service | FilterFile | undefined): Promise<Code> {
    const services: Record<ServiceKind, Service[]> = { handler: [], remote: [], cron: [] };
    for (const kind of kinds) {
      for (const file of this.#pathsOf(kind)) {
        const kept = known(file) as Service | undefined;
        services[kind].push(kept ?? (await this.#loadService(kind, file)));
      }
    }
    const filters: FilterFile[] = [];
    for (const file of this.#pathsOf('filter'))
      filters.push((known(file) as FilterFile | undefined) ?? (await this.#loadFilter(file)));
    return { services, filters };
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

  #loadService(kind: ServiceKind, file: string): Promise<Service> {
    const { modules } = this.#app.registrations;
    return modules ? modules.service(kind, file, this.#version) : loadService(file, this.#app, this.#version);
  }

  async #loadFilter(file: string): Promise<FilterFile> {
    const { default: exported, hot } = await importModule<object>(file, this.#version);
    const filter = (await instantiate(file, exported, this.#app)) as Filter;
    return { file, filter, hot: hot !== false };
  }

  #use(code: Code): void {
    const { handler, remote, cron } = code.services;
    this.#app.crons.useServices(cron);
    this.#dispatcher.useServices(handler);
    this.#dispatcher.useFilters([
      ...this.#app.registrations.filters,
      ...code.filters.map(({ filter }) => filter),
    ]);
    this.#remotes.useServices(this.#app.serverType, remote);
    this.#code = code;
  }

  #all(): readonly (Service | FilterFile)[] {
    const { services, filters } = this.#code;
    return [...kinds.flatMap((kind) => services[kind]), ...filters];
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
