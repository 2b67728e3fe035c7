import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hearAcceptFailures } from '../src/accept-failures.js';
import { silentLogger } from '../src/index.js';
import { FakeClock } from '../src/testing.js';

const noFiles = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' });

describe('a server that cannot take connections', () => {
  it('is told of once, then as a number, and its process goes on', async () => {
    const lines: string[] = [];
    const clock = new FakeClock();
    const logger = { ...silentLogger, error: (message: string) => void lines.push(message) };
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    hearAcceptFailures(server, { name: 'the door', clock, logger });
    for (let n = 0; n < 500; n++) server.emit('error', noFiles); // as Node tells what accept(2) says
    expect(lines).toEqual(['the door could not take a connection']);
    clock.pass(60_000);
    expect(lines.slice(1)).toEqual(['the door could not take 499 more connections in 60 s']);
    clock.pass(600_000);
    expect(lines).toHaveLength(2);
    server.emit('error', noFiles);
    expect(lines.slice(2)).toEqual(['the door could not take a connection']);
    server.emit('error', noFiles);
    server.close();
    await once(server, 'close');
    expect(lines.slice(3)).toEqual(['the door could not take 1 more connections in 60 s']);
  });
});
