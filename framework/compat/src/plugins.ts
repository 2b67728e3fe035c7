import { PomeloError } from '@pomelo-ts/common';
import type { Lifecycle } from '@pomelo-ts/core';
import { isClass, moduleFiles, nameOf, type ServiceKind } from '@pomelo-ts/core/internal';
import type { AppCode } from './app-code.js';
import { oldHooks } from './lifecycle-file.js';
import type { Anything, IPlugin } from './types.js';

/** What plugins add to. */
export interface PluginHome {
  readonly code: AppCode;
  readonly oldApp: { load(...args: Anything[]): unknown; event: NodeJS.EventEmitter };
  readonly folders: Record<ServiceKind, string[]>;
  inside<T>(fn: () => T): T;
  addHooks(hooks: Lifecycle, owner: string): void;
}

/** pomelo's plugin: folders with components and with listeners for the app's events. */
interface FolderPlugin {
  readonly components?: string;
  readonly events?: string;
}

const hookNames = ['beforeStartup', 'afterStartup', 'afterStartAll', 'beforeShutdown'] as const;

/** The plugins of an app, by name. */
export class Plugins {
  readonly used: IPlugin[] = [];
  readonly #home: PluginHome;

  constructor(home: PluginHome) {
    this.#home = home;
  }

  use(plugin: FolderPlugin | IPlugin, options: Anything = {}): void {
    if (isFolders(plugin)) this.#useFolders(plugin, options);
    else this.#useObject(plugin, options);
  }

  #useFolders({ components, events }: FolderPlugin, options: Readonly<Record<string, Anything>>): void {
    const { code, oldApp } = this.#home;
    for (const file of components ? moduleFiles(components) : [])
      oldApp.load(code.require(file), options[nameOf(file)]);
    for (const file of events ? moduleFiles(events) : []) this.addEvents(code.require(file), oldApp);
  }

  #useObject(plugin: IPlugin, options: Anything): void {
    if (this.used.some(({ name }) => name === plugin.name))
      throw new PomeloError('PLUGIN_TWICE', { plugin: plugin.name });
    this.used.push(plugin);
    const { oldApp, folders } = this.#home;
    for (const component of plugin.components ?? []) oldApp.load(component, options);
    for (const events of plugin.events ?? []) this.addEvents(events, options);
    if (plugin.handlerPath) folders.handler.push(plugin.handlerPath);
    if (plugin.remoterPath) folders.remote.push(plugin.remoterPath);
    if (plugin.cronPath) folders.cron.push(plugin.cronPath);
    if (hookNames.some((name) => typeof plugin[name] === 'function')) {
      const owner = `plugin ${plugin.name}`;
      this.#home.addHooks(oldHooks(owner, plugin, oldApp, this.#home.inside), owner);
    }
  }

  /** Makes what a module exports for events, and has its methods hear the events of their names. */
  addEvents(exported: Anything, given: unknown): void {
    const { event } = this.#home.oldApp;
    const Events = exported?.default ?? exported;
    const heard = isClass(Events) || typeof Events === 'function' ? new Events(given) : Events;
    for (let at = heard; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) {
        if (name !== 'constructor' && typeof heard[name] === 'function')
          event.on(name, (...args) => heard[name](...args));
      }
    }
  }
}

function isFolders(plugin: FolderPlugin | IPlugin): plugin is FolderPlugin {
  return typeof plugin.components === 'string' || typeof plugin.events === 'string';
}
