import { describe, it } from 'vitest';
import { transportContract } from '../../src/testing/transport-contract.js';
import { MemoryNetwork, memoryTransport } from '../../src/transport/memory.js';
import { tcpTransport } from '../../src/transport/tcp.js';

describe('tcpTransport', () => {
  for (const { title, run } of transportContract(() => tcpTransport())) it(title, run);
});

describe('memoryTransport', () => {
  for (const { title, run } of transportContract(() => memoryTransport(new MemoryNetwork()))) it(title, run);
});
