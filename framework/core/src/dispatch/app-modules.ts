import { EventEmitter } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PomeloError, reasonOf } from '@pomelo-ts/common';

/** A function of a handler or remote, bound to its instance. */
export type ServiceMethod = (...args: never[]) => unknown;

/** The exposed methods of one handler or remote file, by name. */
export interface Service {
  readonly name: string;
  readonly file: string;
  readonly methods: ReadonlyMap<string, ServiceMethod>;
}

/** What a file under `handler/` or `remote/` exports by default: a class, or a factory, given the app; or an object. */
type ServiceExport = (new (app: unknown) => object) | ((app: unknown) => object | Promise<object>) | object;

/**
 * Loads `<appDir>/app/servers/<type>/<kind>/*.js` and makes their instances.
 *
 * Exposed are the functions of the instance and of its classes up to Object's or EventEmitter's, except `constructor` and
 * names that begin with `_`. The list is made here, once: no other name can be called, whatever a client sends.
 *
 * @throws APP_LOAD_FAILED, APP_INVALID
 */
export async function loadServices(
  appDir: string,
  serverType: string,
  kind: 'handler' | 'remote',
  app: unknown,
): Promise<Service[]> {
  const services: Service[] = [];
  for (const file of serviceFiles(appDir, serverType, kind)) {
    const exported = await importDefault<ServiceExport>(file);
    services.push({ name: nameOf(file), file, methods: methodsOf(await instantiate(file, exported, app)) });
  }
  return services;
}

/**
 * The routes of a type's handlers as `type.handler.method`. Classes are only looked at; factories must be called for it.
 */
export async function listRoutes(appDir: string, serverType: string, app: unknown): Promise<string[]> {
  const routes: string[] = [];
  for (const file of serviceFiles(appDir, serverType, 'handler')) {
    const exported = await importDefault<ServiceExport>(file);
    const instance = isClass(exported)
      ? (exported.prototype as object)
      : await instantiate(file, exported, app);
    for (const method of methodNames(instance)) routes.push(`${serverType}.${nameOf(file)}.${method}`);
  }
  return routes;
}

/** The default export of a module. */
export async function importDefault<T>(file: string): Promise<T> {
  let module: { default?: T };
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: T };
  } catch (error) {
    throw new PomeloError('APP_LOAD_FAILED', { file, reason: reasonOf(error) }, { cause: error });
  }
  if (module.default === undefined) {
    throw new PomeloError('APP_INVALID', { file, expected: 'a default export', got: 'none' });
  }
  return module.default;
}

function serviceFiles(appDir: string, serverType: string, kind: string): string[] {
  const folder = join(appDir, 'app', 'servers', serverType, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.m?js$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function nameOf(file: string): string {
  return basename(file).replace(/\.m?js$/, '');
}

async function instantiate(file: string, exported: ServiceExport, app: unknown): Promise<object> {
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

function isClass(exported: ServiceExport): exported is new (app: unknown) => object {
  return typeof exported === 'function' && /^class\b/.test(Function.prototype.toString.call(exported));
}

function methodsOf(instance: object): Map<string, ServiceMethod> {
  const methods = new Map<string, ServiceMethod>();
  for (const name of methodNames(instance)) {
    methods.set(name, (instance as Record<string, ServiceMethod>)[name]!.bind(instance));
  }
  return methods;
}

function methodNames(instance: object): string[] {
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
