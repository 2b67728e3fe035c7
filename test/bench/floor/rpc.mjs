// Floor of calls between two servers. Usage: node rpc.mjs serve | node rpc.mjs call <job as JSON>
import { connect, createServer } from 'node:net';
import { announce, report } from '../lib/announce.mjs';
import { callLoop } from '../load/call-loop.mjs';
import { readFrames, tickWriter } from './length-prefixed.mjs';

function serve() {
  const server = createServer({ noDelay: true }, (socket) => {
    const send = tickWriter(socket);
    socket.on('error', () => socket.destroy());
    readFrames(socket, (request) => send({ id: request.id, result: request.args[0] }));
  });
  server.listen(0, '127.0.0.1', () => {
    announce({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
  });
}

/** @param {import('../load/call-loop.mjs').CallJob} job */
async function call(job) {
  const socket = connect({ port: job.port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const send = tickWriter(socket);
  /** @type {Map<number, (value: unknown) => void>} */
  const pending = new Map();
  let lastCall = 0;
  readFrames(socket, (reply) => {
    const done = pending.get(reply.id);
    pending.delete(reply.id);
    done?.(reply.result);
  });
  const result = await callLoop(
    job,
    (argument) =>
      new Promise((resolve) => {
        const id = ++lastCall;
        pending.set(id, resolve);
        send({ id, method: 'echo', args: [argument] });
      }),
  );
  report(result);
}

if (process.argv[2] === 'serve') serve();
else await call(JSON.parse(process.argv[3] ?? '{}'));
