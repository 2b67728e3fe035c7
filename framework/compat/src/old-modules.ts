import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Lifecycle } from '@pomelo-ts/core';
import {
  hooksFileOf,
  isClass,
  type ModuleSource,
  methodNames,
  moduleFiles,
  nameOf,
  type Service,
  type ServiceKind,
  type ServiceMethod,
  serviceFiles,
} from '@pomelo-ts/core/internal';
import type { AppCode } from './app-code.js';
import { decoratedClass } from './decorators.js';
import { oldHooks } from './lifecycle-file.js';

type Exports = Readonly<Record<string, unknown>>;

/** What the modules of an old app are given, and who makes its methods fit. */
export interface ModulesHome {
  readonly appDir: string;
  readonly serverType: string;
  readonly code: AppCode;
  /** What factories get as the application. */
  readonly oldApp: object;
  /** Makes an instance of a decorated class. */
  instanceOf(decorated: new (app: unknown) => object): object;
  /** Folders of plugins with files of a kind. */
  foldersOf(kind: ServiceKind): readonly string[];
  adapt(kind: ServiceKind, name: string, instance: object, method: string): ServiceMethod;
  inside<T>(fn: () => T): T;
  /** Takes the hooks of `lifecycle.js`, when `app.js` is done and before the server's parts are made. */
  prepare(hooks: Lifecycle | undefined): void;
}

/** Loads the handlers, remotes and crons of an old app. */
export class OldModules implements ModuleSource {
  readonly #home: ModulesHome;

  constructor(home: ModulesHome) {
    this.#home = home;
  }

  /** `filter` is only a convention to old apps, which add what is in there by themselves. */
  files(kind: ServiceKind | 'filter'): string[] {
    if (kind === 'filter') return [];
    const { appDir, serverType } = this.#home;
    const ofPlugins = this.#home.foldersOf(kind).flatMap(moduleFiles);
    return [...serviceFiles(appDir, serverType, kind), ...ofPlugins];
  }

  async service(kind: ServiceKind, file: string, version: number): Promise<Service> {
    const exported = await this.#home.code.load(file, version);
    const { name, instance } = await this.#instance(file, exported);
    const methods = new Map<string, ServiceMethod>();
    for (const method of methodNames(instance))
      methods.set(method, this.#home.adapt(kind, name, instance, method));
    return { name, file, methods, hot: true };
  }

  async loadHooks(): Promise<void> {
    const file = hooksFileOf(this.#home.appDir, this.#home.serverType);
    if (!file) {
      this.#home.prepare(undefined);
      return;
    }
    const { instance } = await this.#instance(file, await this.#home.code.load(file, 0));
    this.#home.prepare(oldHooks(file, instance, this.#home.oldApp, (fn) => this.#home.inside(fn)));
  }

  async #instance(file: string, exported: Exports): Promise<{ name: string; instance: object }> {
    const { found, className } = mainExport(file, exported);
    const app = this.#home.oldApp;
    let instance: unknown;
    try {
      instance = this.#home.inside(() => {
        if (className) return this.#home.instanceOf(found as new (app: unknown) => object);
        if (typeof found !== 'function') return found;
        return isClass(found) ? new found(app) : (found as (app: object) => unknown)(app);
      });
      instance = await instance;
    } catch (error) {
      throw new PomeloError('APP_LOAD_FAILED', { file, reason: reasonOf(error) }, { cause: error });
    }
    if (typeof instance !== 'object' || instance === null) {
      const expected = 'a function (app) that gives an object, an object, or a class';
      throw new PomeloError('APP_INVALID', { file, expected, got: String(instance) });
    }
    const { name } = instance as { name?: unknown };
    const own = typeof name === 'string' && name !== '' ? name : nameOf(file);
    return { name: className ?? own, instance };
  }
}

/** What a module is for: its decorated class, its default export, or `module.exports` itself. */
function mainExport(file: string, exported: Exports): { found: unknown; className?: string } {
  const decorated = Object.values(exported).filter(decoratedClass);
  if (decorated.length > 1) {
    const expected = 'one class with @handler(), @remoter() or @cronner() in a file';
    throw new PomeloError('APP_INVALID', { file, expected, got: `${decorated.length} of them` });
  }
  const [one] = decorated;
  if (one) return { found: one, className: one.name };
  const { default: main } = exported;
  if (main === undefined) return { found: exported };
  return { found: main };
}
