import { PomeloError } from '@pomelo-ts/common';
import type { Application } from '@pomelo-ts/core';
import { isClass } from '@pomelo-ts/core/internal';
import { untilDone, within } from './callback.js';
import type { Anything } from './types.js';
import { unsupported } from './unsupported.js';

type Call = (...args: unknown[]) => unknown;

/** How long a component may take to stop, in ms, as long as pomelo waits for all of them. */
const stopMs = 3000;

const ownNames = [
  ...['connection', 'connector', 'dictionary', 'protobuf', 'session', 'pushScheduler', 'backendSession'],
  ...['channel', 'server', 'proxy', 'remote', 'monitor', 'master'],
] as const;

/** pomelo's own components, which apps have reached into for want of another way. */
const ownParts = Object.defineProperties(
  {},
  Object.fromEntries(
    ownNames.map((name) => {
      const get = (): never => {
        throw unsupported(`app.components.__${name}__`, 'use app.rpc, and app.get of the services');
      };
      return [`__${name}__`, { get }];
    }),
  ),
);

/** What an app has added to its server by `app.load`, in the order in which it did. */
export class Components {
  /** The components by name; asking for one of the framework's own throws OLD_APP_UNSUPPORTED. */
  readonly byName: Record<string, Anything> = Object.create(ownParts);
  readonly #app: Application;
  readonly #inside: <T>(fn: () => T) => T;

  constructor(app: Application, inside: <T>(fn: () => T) => T) {
    this.#app = app;
    this.#inside = inside;
    app.registrations.opening.push(async () => {
      await this.#start('beforeStart');
      await this.#start('start');
    });
    app.onStarted(() => this.#start('afterStart'));
    app.onStop(() => this.#stop());
  }

  /** Makes a component, when it is a factory or class, and keeps it; one whose name is taken is left out. */
  load(oldApp: unknown, args: readonly Anything[]): Anything {
    const [name, given, options] = typeof args[0] === 'string' ? args : [undefined, ...args];
    const component = typeof given === 'function' ? make(given, oldApp, options) : given;
    const known = name ?? component?.name ?? (typeof given === 'function' ? given.name : '');
    const own = known || `component ${Object.keys(this.byName).length + 1}`;
    if (Object.hasOwn(this.byName, own)) {
      this.#app.logger.warn(`app.load: there is a component ${own} already; the second one is left out`);
      return this.byName[own];
    }
    this.byName[own] = component;
    return component;
  }

  /** Tells pinus' components that all servers have started. */
  async allStarted(): Promise<void> {
    for (const component of Object.values(this.byName)) await this.#inside(() => component.afterStartAll?.());
  }

  async #start(hook: 'beforeStart' | 'start' | 'afterStart'): Promise<void> {
    const ms = this.#app.settings.settings.lifecycle.timeoutMs;
    for (const [name, component] of Object.entries(this.byName)) {
      const owner = `the component ${name}`;
      const late = (): Error => new PomeloError('HOOK_TIMEOUT', { hook, owner, ms });
      await within(this.#call(component, hook, []), ms, late);
    }
  }

  async #stop(): Promise<void> {
    for (const [name, component] of Object.entries(this.byName)) {
      const late = (): Error => new Error(`it did not stop within ${stopMs} ms: does it call its callback?`);
      try {
        await within(this.#call(component, 'stop', [false]), stopMs, late);
      } catch (error) {
        this.#app.logger.error(`the component ${name} did not stop well`, { error });
      }
    }
  }

  async #call(component: Anything, hook: string, args: readonly unknown[]): Promise<unknown> {
    const fn: unknown = component?.[hook];
    if (typeof fn !== 'function') return undefined;
    return this.#inside(() => untilDone(fn as Call, component, args));
  }
}

function make(
  given: Call | (new (...args: unknown[]) => object),
  oldApp: unknown,
  options: unknown,
): unknown {
  if (isClass(given) || hasMethods(given))
    return new (given as new (...args: unknown[]) => object)(oldApp, options);
  return (given as Call)(oldApp, options);
}

/** Whether a function is a class from before there was the word. */
function hasMethods(fn: object): boolean {
  const { prototype } = fn as { prototype?: object };
  return prototype !== undefined && Object.getOwnPropertyNames(prototype).length > 1;
}
