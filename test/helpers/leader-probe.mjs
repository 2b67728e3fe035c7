// Asks one master again and again whether it leads, and prints each answer with the times before and after it, in ms of the kernel's
// clock that all processes of this machine share. Arguments: host and port; the secret is in the environment.
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterKeys, connectOperator, dialSecure } from '@pomelo-ts/cluster';
import { secretVariable } from '@pomelo-ts/cluster/internal';

const [host, port] = [process.argv[2], Number(process.argv[3])];
const keys = await ClusterKeys.of({ secret: process.env[secretVariable] });
const now = () => Number(process.hrtime.bigint() / 1000n) / 1000;
const paceMs = 25;

/** Asks without waiting for the answer before: what a paused master answers when it goes on was asked while another one led. */
async function ask(client) {
  const sent = now();
  const { leads, leader } = await client.operate('leader.read', {});
  console.log(JSON.stringify({ sent, received: now(), leads, term: leader?.term }));
}

for (;;) {
  let lost = false;
  try {
    const client = await connectOperator({ dial: () => dialSecure({ host, port }, keys.operator) });
    for (; !lost; await sleep(paceMs)) {
      ask(client).catch((error) => {
        if (error.code === undefined) throw error; // a mistake of this probe, which must not look like a master that does not lead
        lost = error.code === 'LINK_LOST'; // else it refuses, as it does not lead
      });
    }
  } catch {
    await sleep(paceMs); // it changes its part just now, or is not there: then it does not say that it leads
  }
}
