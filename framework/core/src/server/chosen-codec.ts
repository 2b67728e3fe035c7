import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import type { RpcCodec } from '@pomelo-ts/rpc';
import type { Application } from '../application.js';
import { importFile } from '../dispatch/app-modules.js';

/** A codec that settings name by a word of its own. */
interface NamedCodec {
  readonly module: string;
  /** What a game installs for it. */
  readonly packages: string;
}

const named: Readonly<Record<string, NamedCodec>> = {
  'msgpack-lite': {
    module: '@pomelo-ts/adapters/codec-msgpack-lite',
    packages: '@pomelo-ts/adapters msgpack-lite',
  },
};

/** The codec that RPC nodes have by themselves. */
const usual = 'msgpackr';

/**
 * The codec that the app has set, or else the one that the settings name, which is loaded only then; undefined for the usual one.
 *
 * @throws CODEC_MISSING, CODEC_INVALID
 */
export async function chosenCodec(app: Application): Promise<RpcCodec | undefined> {
  const own = app.registrations.rpcCodec;
  if (!own) return loadCodec(app.root, app.settings.settings.rpc.codec);
  try {
    return tried(own);
  } catch (error) {
    throw new PomeloError(
      'CODEC_INVALID',
      { codec: String(own.name), reason: reasonOf(error) },
      { cause: error },
    );
  }
}

/**
 * The codec that settings name, loaded as a server of the game at `root` does; undefined for the usual one.
 *
 * @throws CODEC_MISSING, CODEC_INVALID
 */
export async function loadCodec(root: string, codec: string): Promise<RpcCodec | undefined> {
  if (codec === usual) return undefined;
  const { module, packages } = Object.hasOwn(named, codec) ? named[codec]! : moduleNamed(codec);
  try {
    const file = createRequire(join(root, 'package.json')).resolve(module);
    return made((await importFile<unknown>(file, '')).default);
  } catch (error) {
    if (packages !== undefined && isMissing(error))
      throw new PomeloError('CODEC_MISSING', { codec, packages });
    throw new PomeloError('CODEC_INVALID', { codec, reason: reasonOf(error) }, { cause: error });
  }
}

/** A module that is named as itself; with the package that it is of, unless it is a file of the game. */
function moduleNamed(name: string): { readonly module: string; readonly packages: string | undefined } {
  const file = name.startsWith('./') || name.startsWith('../') || name.startsWith('/');
  const parts = name.split('/').slice(0, name.startsWith('@') ? 2 : 1);
  return { module: name, packages: file ? undefined : parts.join('/') };
}

function isMissing(error: unknown): boolean {
  const cause = isPomeloError(error, 'APP_LOAD_FAILED') ? error.cause : error;
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}

function made(make: unknown): RpcCodec {
  if (typeof make !== 'function')
    throw new TypeError(`expected a default export that makes it, got ${String(make)}`);
  const codec = make() as Partial<RpcCodec> | undefined;
  if (
    typeof codec?.name === 'string' &&
    typeof codec.encode === 'function' &&
    typeof codec.decode === 'function'
  )
    return tried(codec as RpcCodec);
  throw new TypeError('expected a codec with name, encode and decode');
}

/** What a codec is tried with. */
const sample = ['a call', 1, null];

/** Has the codec write and read once: one that gives no bytes would have calls end by their time-outs alone. */
function tried(codec: RpcCodec): RpcCodec {
  const encoded: unknown = codec.encode(sample);
  if (!(encoded instanceof Uint8Array)) throw new TypeError(`encode gave ${shown(encoded)}, and no bytes`);
  const bytes = Buffer.from(encoded);
  const decoded = codec.decode(bytes, 0, bytes.length);
  if (!isDeepStrictEqual(decoded, sample))
    throw new TypeError(`decode gave ${shown(decoded)}, and not what was encoded`);
  return codec;
}
