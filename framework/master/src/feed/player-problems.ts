import { faultMinutes, sayProblem, severities, showShare, thresholds } from '@pomelo-ts/views';
import { type Counted, handshakeResults, placeOf, refusals } from './counted.js';
import type { Found } from './found.js';

/** Who plays, and who comes. */
export interface Players {
  readonly online: number;
  /** Ten minutes ago; null while that is not known. */
  readonly onlineBefore: number | null;
  /** Whether operators have frontends drain, or servers restarted or changed: then fewer are as many as somebody wants. */
  readonly declared: boolean;
  /** What all servers have counted in five minutes. */
  readonly counted: Counted;
}

const about = 'players';
const minuteMs = 60_000;

/** What is wrong with players as a whole. */
export function playerProblems(players: Players): Found[] {
  return [...dropped(players), ...jumped(players), ...refused(players), ...failed(players)];
}

function dropped({ online, onlineBefore, declared }: Players): Found[] {
  if (declared || onlineBefore === null || onlineBefore <= thresholds.onlineLeast) return [];
  const left = online / onlineBefore;
  if (left >= 1 - thresholds.onlineShare) return [];
  const what = sayProblem('online', { share: showShare(left) });
  const severity = severities.PomeloOnlineDrop;
  return [
    { key: 'players online', about, severity, what, next: 'servers', lastsMs: faultMinutes.drop * minuteMs },
  ];
}

function jumped({ online, onlineBefore }: Players): Found[] {
  if (!onlineBefore || online <= thresholds.onlineLeast) return [];
  const left = online / onlineBefore;
  if (left <= 1 + thresholds.onlineShare) return [];
  const what = sayProblem('jump', { share: showShare(left) });
  const severity = severities.PomeloOnlineJump;
  return [
    { key: 'players jump', about, severity, what, next: 'servers', lastsMs: faultMinutes.drop * minuteMs },
  ];
}

function refused({ counted }: Players): Found[] {
  const of = (reason: (typeof refusals)[number]) => counted[placeOf[`refused ${reason}`]]!;
  const all = counted[placeOf.taken]! + refusals.reduce((sum, reason) => sum + of(reason), 0);
  return refusals
    .filter((reason) => of(reason) > thresholds.refusedShare * all)
    .map((reason) => ({
      ...{
        key: `players refused ${reason}`,
        about,
        severity: severities.PomeloHandshakesRefused,
        next: 'servers',
      },
      what: sayProblem('refused', { share: showShare(of(reason) / all), reason }),
      lastsMs: faultMinutes.burst * minuteMs,
    }));
}

function failed({ counted }: Players): Found[] {
  const of = (result: (typeof handshakeResults)[number]) => counted[placeOf[`handshake ${result}`]]!;
  const all = handshakeResults.reduce((sum, result) => sum + of(result), 0);
  return handshakeResults
    .filter((result) => result !== 'ok' && of(result) > thresholds.failedHandshakes)
    .filter((result) => of(result) > thresholds.failedHandshakeShare * all)
    .map((result) => ({
      ...{ key: `players handshake ${result}`, about, severity: severities.PomeloHandshakesFail },
      what: sayProblem('handshakes', { share: showShare(of(result) / all), result }),
      ...{ next: 'logs', lastsMs: faultMinutes.burst * minuteMs },
    }));
}
