import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A version of a package, as somebody has sent it. */
export interface Published {
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string };
  /** Names of the files in its archive, without the folder `package/`. */
  readonly files: readonly string[];
}

/** What npm sends to publish a version. */
interface PublishRequest {
  readonly versions: Readonly<Record<string, Published['manifest']>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

/** A registry of packages on a port of its own, which has what was published to it and nothing else. */
export class PackageRegistry implements AsyncDisposable {
  /** In the order in which they came. */
  readonly published: Published[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#take(request).then((status) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  static async open(): Promise<PackageRegistry> {
    const registry = new PackageRegistry();
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  /** Where it is, without the protocol. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async #take(request: IncomingMessage): Promise<number> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.method !== 'PUT') return 404; // nobody has ever published this name
    const { versions, _attachments } = JSON.parse(Buffer.concat(parts).toString()) as PublishRequest;
    const [manifest] = Object.values(versions);
    const [archive] = Object.values(_attachments);
    this.published.push({ manifest: manifest!, files: filesIn(Buffer.from(archive!.data, 'base64')) });
    return 201;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The names in a tar archive: POSIX 1003.1 "ustar", blocks of 512 bytes, the size in octal at 124. */
function filesIn(archive: Buffer): string[] {
  const tar = gunzipSync(archive);
  const files: string[] = [];
  for (let at = 0; tar[at]; ) {
    const text = (from: number, bytes: number) =>
      tar.toString('utf8', at + from, at + from + bytes).replace(/\0.*$/s, '');
    const prefix = text(345, 155);
    files.push(`${prefix && `${prefix}/`}${text(0, 100)}`.replace(/^package\//, ''));
    at += 512 + Math.ceil(Number.parseInt(text(124, 12), 8) / 512) * 512;
  }
  return files;
}
