import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Service, ServiceKind, ServiceMethod } from '../service.js';
import { attachSchema, inputSchemaOf, type StandardSchema } from './input.js';
import { nameOf, serviceFiles } from './module-files.js';
import { forgetModule } from './own-code.js';

/** What a service file exports by default: a class, or a factory, given the app; or an object. */
type ServiceExport = (new (app: unknown) => object) | ((app: unknown) => object | Promise<object>) | object;

/** What a module of the game exports. */
export interface GameModule<T> {
  readonly default: T;
  readonly hot?: unknown;
}

/**
 * Loads one file of `app/servers/<type>/{handler,remote,cron}` and makes its instance.
 *
 * Exposed are the functions of the instance and of its classes up to Object's or EventEmitter's, except `constructor` and
 * names that begin with `_`. The list is made here, once: no other name can be called, whatever a client sends.
 *
 * @throws APP_LOAD_FAILED, APP_INVALID
 */
export async function loadService(file: string, app: unknown, version = 0): Promise<Service> {
  const { default: exported, hot } = await importModule<ServiceExport>(file, version);
  const methods = methodsOf(await instantiate(file, exported, app));
  return { name: nameOf(file), file, methods, hot: hot !== false };
}

/** Loads all services of a kind, of each folder, in the order of their names. */
export async function loadServices(
  appDirs: readonly string[],
  serverType: string,
  kind: ServiceKind,
  app: unknown,
): Promise<Service[]> {
  const services: Service[] = [];
  for (const file of appDirs.flatMap((appDir) => serviceFiles(appDir, serverType, kind)))
    services.push(await loadService(file, app));
  return services;
}

/** A module with its default export. Node keeps modules for ever: another `version` loads the file as it is now. */
export async function importModule<T>(file: string, version = 0): Promise<GameModule<T>> {
  if (version > 0) forgetModule(file);
  const module = await importFile<T>(file, version === 0 ? '' : `?version=${version}`);
  const exported = module.default ?? functionsOf(module);
  if (exported !== undefined) return { ...module, default: exported as T };
  const names = Object.keys(module).filter((name) => name !== '__esModule' && name !== 'default');
  const got = names.length === 0 ? 'none' : `${names.join(', ')}, by name`;
  throw new PomeloError('APP_INVALID', { file, expected: 'a default export', got });
}

/**
 * A module with whatever it exports; another `query` loads the file again. Of an ES module that was compiled to CommonJS
 * these are its own exports, which Node gives as one default export.
 *
 * @throws APP_LOAD_FAILED
 */
export async function importFile<T>(file: string, query: string): Promise<Partial<GameModule<T>>> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href + query)) as { readonly default?: unknown };
  } catch (error) {
    throw new PomeloError('APP_LOAD_FAILED', { file, reason: reasonOf(error) }, { cause: error });
  }
  const { default: main } = module;
  const compiled = (main as { __esModule?: unknown } | null | undefined)?.__esModule === true;
  return (compiled ? main : module) as Partial<GameModule<T>>;
}

/** The functions that a compiled CommonJS module exports by name, as `exports.send = …` in one that was written so. */
function functionsOf(module: object): object | undefined {
  if (!('__esModule' in module)) return undefined;
  const functions = Object.entries(module).filter(
    ([, value]) => typeof value === 'function' && !isClass(value),
  );
  return functions.length > 0 ? Object.fromEntries(functions) : undefined;
}

/** Makes what a module exports by default: an instance of a class, what a factory gives, or the object itself. */
export async function instantiate(file: string, exported: ServiceExport, app: unknown): Promise<object> {
  let instance: unknown;
  try {
    if (isClass(exported)) instance = new exported(app);
    else
      instance =
        typeof exported === 'function' ? await (exported as (app: unknown) => object)(app) : exported;
  } catch (error) {
    throw new PomeloError('APP_LOAD_FAILED', { file, reason: reasonOf(error) }, { cause: error });
  }
  if (typeof instance === 'object' && instance !== null) return instance;
  const expected = 'a class, a factory that gives an object, or an object';
  throw new PomeloError('APP_INVALID', { file, expected, got: String(instance) });
}

/** Whether a module's export must be called with `new`. */
export function isClass(exported: ServiceExport): exported is new (app: unknown) => object {
  return typeof exported === 'function' && /^class\b/.test(Function.prototype.toString.call(exported));
}

function methodsOf(instance: object): Map<string, ServiceMethod> {
  const methods = new Map<string, ServiceMethod>();
  for (const name of methodNames(instance)) {
    const method = (instance as Record<string, ServiceMethod>)[name]!;
    const schema = inputSchemaOf(method) ?? classSchema(instance, name);
    const bound = method.bind(instance);
    methods.set(name, schema ? attachSchema(bound, schema) : bound);
  }
  return methods;
}

/** A class names the schemas of its methods in `static inputs`. */
function classSchema(instance: object, method: string): StandardSchema | undefined {
  const { inputs } = instance.constructor as { inputs?: Readonly<Record<string, StandardSchema>> };
  return inputs && Object.hasOwn(inputs, method) ? inputs[method] : undefined;
}

/** The names of an object's methods that are exposed. */
export function methodNames(instance: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = instance;
    at && at !== Object.prototype && at !== EventEmitter.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && name !== 'constructor' && !name.startsWith('_')) names.add(name);
    }
  }
  return [...names];
}
