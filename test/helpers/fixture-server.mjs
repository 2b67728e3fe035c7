// A server process without a game: joins the cluster and does what the extra field `behave` of its entry says.
import { createInterface } from 'node:readline';
import { dialSecure } from '@pomelo-ts/cluster';
import { dialMasters, joinCluster, ServerKeyring } from '@pomelo-ts/cluster/internal';
import { encodePackage, packageType } from '@pomelo-ts/protocol';
import { WebSocketServer } from 'ws';

const boot = await new Promise((resolve) => {
  createInterface({ input: process.stdin }).once('line', (line) => resolve(JSON.parse(line)));
});
if (boot.exitWithParent) process.stdin.once('close', () => stop('its parent has ended'));

let agent;
let behave;
const stop = async (why) => {
  if (behave === 'ignore-stop') return;
  console.log(`${boot.id} stops: ${why}`);
  agent?.report('stopping');
  agent?.close();
  await agent?.whenGone();
  process.exit(0);
};
process.on('SIGTERM', () => stop('SIGTERM'));

console.log(`${boot.id} begins`);
const keys = new ServerKeyring(boot.keys);
agent = await joinCluster({
  ...dialMasters(boot.masters, (options) => dialSecure(options, keys.link())),
  ...boot,
  ...(boot.log && { logFile: boot.log.file }),
  onKeys: (changed) => keys.replace(changed),
  onStop: () => stop('the master said so'),
  onRefused: (error) => stop(error.message),
}).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
behave = agent.settings.server.behave;
agent.onCommand(async (command) => {
  if (command === 'try the code') return { verdict: 'fine' };
  throw new Error(`this server does not know the command ${command}`);
});
agent.setStats(() => ({ connections: agent.settings.server.frontend ? 3 : 0 }));
if (behave === 'turn-away') await turnAway(agent.settings.server.clientPort);
if (behave === 'throw') throw new Error('this server throws when it starts');
if (behave === 'report-error') {
  agent.report('stopping', { error: { code: 'PORT_IN_USE', message: 'the port 6050 is in use' } });
  agent.close();
  await agent.whenGone();
  process.exit(1);
} else if (behave !== 'hang') agent.report('ready');

if (behave === 'crash-later')
  setTimeout(() => {
    throw new Error('this server crashes a while after its start');
  }, 300);
if (behave === 'eat-memory') {
  const eaten = [];
  setInterval(() => eaten.push(Array.from({ length: 50_000 }, () => ({ filler: Math.random() }))), 10);
}

/** Answers clients as a frontend does that lets none of them in. */
function turnAway(port) {
  const refusal = encodePackage(packageType.handshake, Buffer.from('{"code":501}'));
  return new Promise((resolve) => {
    new WebSocketServer({ port, host: '127.0.0.1' }, resolve).on('connection', (socket) => {
      socket.on('message', () => socket.send(refusal));
    });
  });
}
