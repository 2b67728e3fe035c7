/** What may happen to a game, and for how long in ms. Hosts are counted from 0. */
export type Fault =
  | { readonly kind: 'kill server'; readonly id: string }
  | { readonly kind: 'kill master'; readonly master: number }
  | { readonly kind: 'restart'; readonly id: string }
  | { readonly kind: 'power off'; readonly host: number; readonly ms: number }
  | { readonly kind: 'cut'; readonly host: number; readonly ms: number }
  | { readonly kind: 'one way'; readonly host: number; readonly from: number; readonly ms: number }
  | { readonly kind: 'loss'; readonly host: number; readonly share: number; readonly ms: number }
  | { readonly kind: 'delay'; readonly host: number; readonly delay: number; readonly ms: number }
  | { readonly kind: 'full disk'; readonly host: number; readonly ms: number };

/** A fault and when it comes, in ms after the begin. */
export interface Step {
  readonly at: number;
  readonly fault: Fault;
}

/** What a schedule is drawn for. */
export interface ScheduleOptions {
  readonly seed: number;
  readonly ms: number;
  readonly hosts: number;
  readonly serverIds: readonly string[];
}

/** Numbers from 0 up to 1 that a seed decides (mulberry32, by Tommy Ettinger). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const kinds = [
  'kill server',
  'kill server',
  'kill master',
  'restart',
  'power off',
  'cut',
  'cut',
  'one way',
  'loss',
  'delay',
  'full disk',
] as const satisfies readonly Fault['kind'][];

/**
 * The faults of one run: the same seed gives the same ones. Of faults that keep a host from the others one is there at a time, so
 * that a majority of the hosts is always together; processes are killed at any time.
 */
export function drawSchedule({ seed, ms, hosts, serverIds }: ScheduleOptions): readonly Step[] {
  const random = randomOf(seed);
  const below = (n: number) => Math.floor(random() * n);
  const steps: Step[] = [];
  let hostFreeAt = 0;
  for (let at = 1000 + below(1500); at < ms; at += 800 + below(3000)) {
    const kind = kinds[below(kinds.length)]!;
    const host = below(hosts);
    const from = (host + 1 + below(hosts - 1)) % hosts;
    const id = serverIds[below(serverIds.length)]!;
    const lasts = 1500 + below(6000);
    const share = 0.05 + random() * 0.15;
    if (kind === 'kill master') steps.push({ at, fault: { kind, master: host } });
    else if (kind === 'kill server' || kind === 'restart') steps.push({ at, fault: { kind, id } });
    else if (at >= hostFreeAt) {
      hostFreeAt = at + lasts + 500;
      steps.push({ at, fault: hostFault(kind, { host, from, share, ms: lasts }) });
    }
  }
  return steps;
}

type HostFaultKind = Exclude<Fault['kind'], 'kill server' | 'kill master' | 'restart'>;

function hostFault(
  kind: HostFaultKind,
  { host, from, share, ms }: { host: number; from: number; share: number; ms: number },
): Fault {
  if (kind === 'one way') return { kind, host, from, ms };
  if (kind === 'loss') return { kind, host, share, ms };
  if (kind === 'delay') return { kind, host, delay: 200, ms };
  return { kind, host, ms };
}

/** `cut host 2 for 3.1 s`, for who reads what a run has done. */
export function showFault(fault: Fault): string {
  const { kind } = fault;
  if (kind === 'kill master') return `${kind} ${fault.master + 1}`;
  if ('id' in fault) return `${kind} ${fault.id}`;
  const from = 'from' in fault ? ` from host ${fault.from + 1}` : '';
  const share = 'share' in fault ? ` of ${Math.round(fault.share * 100)} %` : '';
  return `${kind}${share} on host ${fault.host + 1}${from} for ${(fault.ms / 1000).toFixed(1)} s`;
}
