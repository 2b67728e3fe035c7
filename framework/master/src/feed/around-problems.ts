import { faultMinutes, sayProblem, severities, showBytes, thresholds } from '@pomelo-ts/views';
import type { CertificateEnd } from '../servers/certificates.js';
import type { HostClock } from '../servers/host-clocks.js';
import type { SharedStore } from '../servers/shared-store.js';
import type { Found } from './found.js';

/** How much room a disk of the game has: many servers of a host may tell of one. */
export interface SeenDisk {
  readonly host: string;
  /** `logs`, or `state` where that is on another one. */
  readonly disk: string;
  readonly freeBytes: number;
}

/** What a cluster stands on beside its servers, at one moment. */
export interface Around {
  readonly certificates: readonly CertificateEnd[];
  readonly clocks: readonly HostClock[];
  readonly disks: readonly SeenDisk[];
  /** What masters share, where there are several. */
  readonly store: SharedStore | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const [hourSeconds, daySeconds] = [3600, 86_400];
const minuteMs = 60_000;

/** What is wrong with certificates, clocks, disks and the store of the masters, by what the thresholds say. */
export function aroundProblems({ certificates, clocks, disks, store, at }: Around): Found[] {
  return [
    ...certificates.flatMap((one) => ending(one, at)),
    ...clocks.flatMap(skewed),
    ...fullest(disks).flatMap(filling),
    ...(store ? silent(store) : []),
  ];
}

function ending({ place, endsAt }: CertificateEnd, at: number): Found[] {
  const left = (endsAt - at) / 1000;
  if (left >= thresholds.certificateWarnSeconds) return [];
  const isSoon = left < thresholds.certificatePageSeconds;
  const severity = isSoon ? severities.PomeloCertExpiresSoon : severities.PomeloCertExpires;
  const what =
    left > 0 ? sayProblem('certificate', { left: daysOf(left) }) : sayProblem('certificateOver', {});
  const key = `${place} certificate`;
  return [{ key, about: place, severity, what, next: 'logs master' }];
}

function skewed({ host, skewSeconds }: HostClock): Found[] {
  if (Math.abs(skewSeconds) <= thresholds.clockSkewSeconds) return [];
  const time = `${Math.abs(skewSeconds).toFixed(1)} s`;
  const what = sayProblem(skewSeconds > 0 ? 'clockAhead' : 'clockBehind', { time });
  return [{ key: `${host} clock`, about: host, severity: severities.PomeloClockSkew, what, next: 'doctor' }];
}

/** Each disk of a host once, as who has told least sees it. */
function fullest(disks: readonly SeenDisk[]): SeenDisk[] {
  const least = new Map<string, SeenDisk>();
  for (const one of disks) {
    const key = `${one.host} ${one.disk}`;
    const known = least.get(key);
    if (!known || one.freeBytes < known.freeBytes) least.set(key, one);
  }
  return [...least.values()];
}

function filling({ host, disk, freeBytes }: SeenDisk): Found[] {
  if (freeBytes >= thresholds.diskWarnBytes) return [];
  const isFull = freeBytes < thresholds.diskPageBytes;
  const severity = isFull ? severities.PomeloDiskFull : severities.PomeloDiskLow;
  const what = sayProblem('disk', { bytes: showBytes(freeBytes), disk });
  const lastsMs = faultMinutes.short * minuteMs;
  return [{ key: `${host} ${disk} disk`, about: host, severity, what, next: 'doctor', lastsMs }];
}

/** Told at once: without the store this master leads no longer than its lease lasts. */
function silent({ kind, health: { status } }: SharedStore): Found[] {
  if (status === 'UP') return [];
  const what = sayProblem('store', {});
  return [{ key: `${kind} store`, about: kind, severity: severities.PomeloStoreDown, what, next: 'doctor' }];
}

const daysOf = (seconds: number): string =>
  seconds < daySeconds ? `${Math.floor(seconds / hourSeconds)} h` : `${Math.floor(seconds / daySeconds)} d`;
