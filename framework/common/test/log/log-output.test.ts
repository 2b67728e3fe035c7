import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { LogOutput, type LogOutputOptions } from '../../src/log/log-output.js';
import { createLogger } from '../../src/pino-logger.js';
import { FakeClock } from '../../src/testing.js';

class Written implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
  readonly #file = join(this.#folder, 'log');
  readonly #fd = openSync(this.#file, 'a');
  readonly clock = new FakeClock();
  readonly output: LogOutput;

  constructor(options: Partial<LogOutputOptions>) {
    this.output = new LogOutput({ fd: this.#fd, clock: this.clock, ...options });
  }

  get text(): string {
    return readFileSync(this.#file, 'utf8');
  }

  [Symbol.dispose](): void {
    this.output.close();
    closeSync(this.#fd);
    rmSync(this.#folder, { recursive: true });
  }
}

describe('the output of a process', () => {
  it('over its budget is counted and told, and errors still have room', () => {
    using log = new Written({ bytesPerSecond: 1000 });
    const logger = createLogger({ output: log.output });
    for (let n = 0; n < 1000; n++) logger.info('x'.repeat(100));
    expect(log.text.length).toBeLessThan(4000);
    logger.error('why');
    expect(log.text).toContain('"msg":"why"');
    log.clock.pass(1000);
    expect(log.text).toMatch(
      /"msg":"9\d\d lines \(\d+ KiB\) were left out: more than 1 KiB came in a second/,
    );
    expect(log.text.length).toBeLessThan(5500);
  });

  it('has what is printed to the streams of the process in it', async () => {
    using log = new Written({});
    const stream = new PassThrough() as unknown as NodeJS.WriteStream;
    log.output.capture(stream);
    stream.write('a line\n');
    stream.write(Buffer.from('bytes\n'));
    await new Promise<void>((resolve) => stream.write('told\n', 'utf8', () => resolve()));
    expect(log.text).toBe('a line\nbytes\ntold\n');
  });

  it('waits for a reader that does not read once, and not again for each line, and tells what was lost', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const waits = vi.spyOn(Atomics, 'wait');
    try {
      const clock = new FakeClock();
      const output = new LogOutput({ fd, clock });
      for (let n = 0; n < 300; n++) output.write(`${'x'.repeat(1000)}\n`);
      expect(waits.mock.calls.length).toBeGreaterThan(0);
      const once = waits.mock.calls.length;
      for (let n = 0; n < 300; n++) output.write(`${'x'.repeat(1000)}\n`);
      expect(waits.mock.calls.length).toBe(once);
      const read = Buffer.alloc(1024 * 1024);
      readSync(fd, read);
      clock.pass(1000);
      expect(read.toString('utf8', 0, readSync(fd, read))).toMatch(/\d{3} lines could not be written/);
      output.close();
    } finally {
      waits.mockRestore();
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  });

  it('cuts a line that has no end', () => {
    using log = new Written({});
    log.output.write('x'.repeat(10_000_000));
    expect(log.text.length).toBeLessThan(70_000);
    expect(log.text).toMatch(/… \(cut\)\n$/);
  });
});
