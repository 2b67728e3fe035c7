import { main } from './cli.js';
import { exitCodes } from './failure.js';
import { processTerminal } from './terminal.js';

const streams = [process.stdout, process.stderr] as const;

/** Is this process: runs the command line, has whoever reads be handed all that was said, and ends with its exit code. */
export async function runProcess(args: readonly string[]): Promise<never> {
  heedReaders();
  const code = await main(args, processTerminal());
  // A pipe holds 64 KiB, and its reader may take its time.
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.write('', resolve))));
  process.exit(code);
}

/** Has a command end when nobody reads what it says any more, as `head` does after its lines, and fail when that cannot be written. */
function heedReaders(): void {
  for (const stream of streams)
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') process.exit(exitCodes.fine);
      if (stream === process.stdout)
        process.stderr.write(`error What is said cannot be written: ${message}\n`);
      process.exit(exitCodes.failure);
    });
}
