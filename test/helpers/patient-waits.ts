import { vi } from 'vitest';

/*
 * `vi.waitFor` gives up after one second where nothing else is said, which is no deadline on a busy machine: here it has that of
 * `expect.poll`. The files of a thread share `vi`, so it is done once.
 */

const deadlineMs = 10_000;

const impatient = vi.waitFor as typeof vi.waitFor & { readonly patient?: true };

if (!impatient.patient) {
  const patient: typeof vi.waitFor = (check, options) =>
    impatient(check, typeof options === 'number' ? options : { timeout: deadlineMs, ...options });
  vi.waitFor = Object.assign(patient, { patient: true as const });
}
