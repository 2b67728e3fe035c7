import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Time between two looks of the profiler, in microseconds. */
const samplingMicroseconds = 1000;

/** Writes down for so many ms where this process spends its time, as Chrome's `.cpuprofile`. */
export async function takeCpuProfile(file: string, ms: number): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
    await session.post('Profiler.start');
    await wait(ms);
    const { profile } = await session.post('Profiler.stop');
    await writeFile(file, JSON.stringify(profile), { mode: 0o600 });
  } finally {
    session.disconnect();
  }
}
