import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../src/logger.js';
import { createLogger } from '../src/pino-logger.js';

describe('createLogger', () => {
  it('writes one JSON object a line, with its facts, from its level on', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
    const fd = openSync(join(folder, 'log'), 'w');
    try {
      const logger = createLogger({ level: 'warn', facts: { server: 'chat-1' }, fd });
      logger.info('not this');
      logger.child({ room: 7 }).error('failed', { error: new Error('why') });
      logger.flush();
      const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0]!)).toMatchObject({
        level: 'error',
        server: 'chat-1',
        room: 7,
        msg: 'failed',
        error: { type: 'Error', message: 'why' },
      });
    } finally {
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  });

  it('asks for its level with each line, its children too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
    const fd = openSync(join(folder, 'log'), 'w');
    try {
      let level: LogLevel = 'error';
      const logger = createLogger({ level: () => level, fd });
      const child = logger.child({ room: 7 });
      child.error('first');
      child.info('not this');
      level = 'debug';
      child.debug('now this');
      logger.flush();
      const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
      expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['first', 'now this']);
    } finally {
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  });

  it('throws nothing when there is nowhere to write', () => {
    const full = openSync('/dev/full', 'w');
    try {
      const logger = createLogger({ fd: full });
      logger.error('lost');
      logger.error('lost again', { error: new Error('why') });
      logger.flush();
    } finally {
      closeSync(full);
    }
  });
});
