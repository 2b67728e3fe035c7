import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Lowest port that tests give, above those of the reference game and below those that the system hands out by itself. */
const lowest = 12_000;
const blockSize = 500;
const blocks = 40;
/** Between two ports that are given, as `"3150++"` counts up from the one that a test has got. */
const stride = 10;

let block: Promise<number> | undefined;
let given = 0;

/**
 * A port of this machine that nobody has now, and that no other call gives: each process and thread of a test run has a block of ports
 * of its own, as two that look at once would find the same one free. Nine that follow are given to nobody for a long while.
 */
export async function freePort(): Promise<number> {
  block ??= claimBlock();
  const first = await block;
  for (let tried = 0; tried < blockSize; tried++) {
    const turn = given++;
    const port = first + ((turn * stride + Math.floor((turn * stride) / blockSize)) % blockSize);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${first} to ${first + blockSize - 1} is free`);
}

/** First port of a block that is ours until this process ends: who has it listens on a socket of its name, which the kernel takes back. */
async function claimBlock(): Promise<number> {
  const start = process.pid % blocks;
  for (let n = 0; n < blocks; n++) {
    const port = lowest + ((start + n) % blocks) * blockSize;
    const claim = await listens(createServer().unref(), `\0pomelo-ts test ports ${port}`);
    if (claim) return port;
  }
  throw new Error(`all ${blocks} blocks of ports are taken by other test processes`);
}

/** Whether nobody has a port of this machine now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  // without a host it takes the port on all addresses, of both families
  if (!(await listens(server, port))) return false;
  server.close();
  await once(server, 'close');
  return true;
}

function listens(server: Server, where: string | number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(where, () => resolve(true));
  });
}
