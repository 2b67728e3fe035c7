// A port in front of a host's sshd that is as bad as a file says, from one moment to the next: node bad-ssh-port.mjs <address> <port> <sshd's port> <file>
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const [address, port, sshPort, file] = process.argv.slice(2);
let last = '';
/** An empty file is one that is being written just now. */
const mode = () => readFileSync(file, 'utf8').trim() || last;
const banner = 'SSH-2.0-OpenSSH_9.2\r\n';

/** What becomes of a connection in each mode. */
const modes = {
  well(socket) {
    const sshd = connect(Number(sshPort), address);
    for (const end of [socket, sshd]) end.on('error', () => {});
    socket.pipe(sshd).pipe(socket);
    socket.once('close', () => sshd.destroy());
    sshd.once('close', () => socket.destroy());
  },
  resets: (socket) => socket.resetAndDestroy(),
  'ends after its banner': (socket) => socket.end(banner),
  'says no more than its banner': (socket) => socket.write(banner),
  'says nothing': () => {},
  'closes its half': (socket) => socket.end(),
  'greets without an end'(socket) {
    const greet = () => {
      if (socket.writable && socket.write('welcome\r\n'.repeat(500))) setImmediate(greet);
    };
    socket.on('drain', greet);
    greet();
  },
};

const sockets = new Set();
last = mode();
createServer({ allowHalfOpen: true }, (socket) => {
  sockets.add(socket);
  socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  modes[mode()](socket);
}).listen(Number(port), address, () => process.stdout.write('listening\n'));

setInterval(() => {
  if (mode() === last) return;
  last = mode();
  for (const socket of sockets) socket.resetAndDestroy();
}, 20);
