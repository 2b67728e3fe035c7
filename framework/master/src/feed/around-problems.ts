import { severities, thresholds } from '@pomelo-ts/views';
import type { CertificateEnd } from '../servers/certificates.js';
import type { HostClock } from '../servers/host-clocks.js';
import type { Found } from './found.js';

/** What a cluster stands on beside its servers, at one moment. */
export interface Around {
  readonly certificates: readonly CertificateEnd[];
  readonly clocks: readonly HostClock[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

const [hourSeconds, daySeconds] = [3600, 86_400];

/** What is wrong with certificates and clocks, by what the thresholds say. */
export function aroundProblems({ certificates, clocks, at }: Around): Found[] {
  return [...certificates.flatMap((one) => ending(one, at)), ...clocks.flatMap(skewed)];
}

function ending({ place, endsAt }: CertificateEnd, at: number): Found[] {
  const left = (endsAt - at) / 1000;
  if (left >= thresholds.certificateWarnSeconds) return [];
  const isSoon = left < thresholds.certificatePageSeconds;
  const severity = isSoon ? severities.PomeloCertExpiresSoon : severities.PomeloCertExpires;
  const when = left > 0 ? `ends in ${daysOf(left)}` : 'has ended';
  const key = `${place} certificate`;
  return [{ key, about: place, severity, what: `its TLS certificate ${when}`, next: 'logs master' }];
}

function skewed({ host, skewSeconds }: HostClock): Found[] {
  if (Math.abs(skewSeconds) <= thresholds.clockSkewSeconds) return [];
  const where = skewSeconds > 0 ? 'ahead of' : 'behind';
  const what = `its clock is ${Math.abs(skewSeconds).toFixed(1)} s ${where} the master's`;
  return [{ key: `${host} clock`, about: host, severity: severities.PomeloClockSkew, what, next: 'doctor' }];
}

const daysOf = (seconds: number): string =>
  seconds < daySeconds ? `${Math.floor(seconds / hourSeconds)} h` : `${Math.floor(seconds / daySeconds)} d`;
