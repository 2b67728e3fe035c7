import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Time between two looks of the profiler, in microseconds. */
const samplingMicroseconds = 1000;

/**
 * Writes down for so many ms where this process spends its time, as Chrome's `.cpuprofile`.
 *
 * @throws the reason of `signal` once that is aborted; the process goes on without a profiler
 */
export async function takeCpuProfile(file: string, ms: number, signal?: AbortSignal): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
    await session.post('Profiler.start');
    await waitUnless(ms, signal);
    const { profile } = await session.post('Profiler.stop');
    await writeFile(file, JSON.stringify(profile), { mode: 0o600 });
  } finally {
    session.disconnect();
  }
}

async function waitUnless(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    throw signal?.reason ?? error;
  }
}
