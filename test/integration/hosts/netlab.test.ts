import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NetLab, sshPort } from '../../helpers/netlab.js';

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(3);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** Whether one host's sshd greets another host within a time. */
async function greets(from: number, to: number, seconds = 20): Promise<boolean> {
  const script = `exec 3<>/dev/tcp/${lab.hosts[to]!.address}/${sshPort} && head -c 4 <&3`;
  const child = lab.hosts[from]!.begin('timeout', [String(seconds), 'bash', '-c', script]);
  let said = '';
  child.stdout!.on('data', (chunk) => {
    said += String(chunk);
  });
  await once(child, 'close');
  return said === 'SSH-';
}

it('has hosts that reach each other, until a cable is pulled, and again afterwards', async () => {
  expect(await greets(0, 1)).toBe(true);
  lab.hosts[1]!.cut();
  expect(await greets(0, 1, 1)).toBe(false);
  lab.hosts[1]!.heal();
  expect(await greets(0, 1)).toBe(true);
});

it('has hosts that lose power with all their processes, and boot again', async () => {
  const [, , host] = lab.hosts;
  const sleeper = host!.begin('sleep', ['100']);
  const ended = once(sleeper, 'close');
  await expect.poll(() => host!.pids.length).toBeGreaterThan(1);
  await host!.off();
  await ended;
  expect(host!.pids).toEqual([]);
  await host!.on();
  expect(await greets(0, 2)).toBe(true);
});

it('loses packets in one direction, or by chance', async () => {
  const [one, two] = lab.hosts;
  two!.drop({ from: one!.address });
  expect(await greets(0, 1, 1)).toBe(false);
  expect(await greets(2, 1)).toBe(true);
  two!.dropNothing();
  expect(await greets(0, 1)).toBe(true);
  two!.drop({ share: 1 });
  expect(await greets(2, 1, 1)).toBe(false);
  two!.dropNothing();
});

it('says what is missing on a machine that may not make it', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    await expect(NetLab.up(1)).rejects.toThrow(
      /^Tests with several hosts need Linux and the right to make network namespaces \(.*\): run npm test as root/,
    );
  } finally {
    process.env['PATH'] = path;
  }
});
