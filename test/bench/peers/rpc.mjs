// The RPC library of a peer alone: node rpc.mjs serve <kind> <install> <port> | call <kind> <install> <job as JSON>
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { announce, report } from '../lib/announce.mjs';
import { callLoop } from '../load/call-loop.mjs';

const [role, kind = '', install = '', last = ''] = process.argv.slice(2);
const load = createRequire(join(install, 'package.json'));
if (kind === 'pinus') load('reflect-metadata');
const library = load(`${kind}-rpc`);
const remotes = fileURLToPath(new URL(`./${kind}/app/servers/chat/remote`, import.meta.url));
const context = { serverId: 'caller-1' };

function serve() {
  const options = { port: Number(last), paths: [{ namespace: 'user', path: remotes }], context: {} };
  const server = kind === 'pinus' ? library.createServer(options) : library.server.create(options);
  server.start();
  setTimeout(() => announce({ port: options.port }), 300);
}

/** @param {import('../load/call-loop.mjs').CallJob} job */
async function call(job) {
  const target = { id: 'chat-1', serverType: 'chat', host: '127.0.0.1', port: job.port };
  const options = { context, routeContext: [target], pendingSize: 100_000 };
  const client = kind === 'pinus' ? library.createClient(options) : library.client.create(options);
  await new Promise((resolve, reject) => {
    client.start((/** @type {unknown} */ error) => (error ? reject(error) : resolve(undefined)));
  });
  client.addServers([target]);
  const message = { namespace: 'user', serverType: 'chat', service: 'chatRemote', method: 'echo' };
  report(
    await callLoop(job, (argument) => {
      return new Promise((resolve, reject) => {
        client.rpcInvoke(
          target.id,
          { ...message, args: [argument] },
          (/** @type {unknown} */ error, /** @type {unknown} */ value) =>
            error ? reject(error) : resolve(value),
        );
      });
    }),
  );
}

if (role === 'serve') serve();
else await call(JSON.parse(last));
