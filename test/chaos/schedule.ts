/** What may happen to a game, and for how long in ms. Hosts and masters are counted from 0. */
export type Fault =
  | { readonly kind: 'kill server' | 'restart'; readonly id: string }
  | { readonly kind: 'kill master'; readonly master: number }
  | { readonly kind: 'pause server'; readonly id: string; readonly ms: number }
  | { readonly kind: 'pause master'; readonly master: number; readonly ms: number }
  | { readonly kind: 'config reload'; readonly id: string; readonly restart: boolean }
  /** A server more, and after `ms` it is taken out again. */
  | { readonly kind: 'add'; readonly host: number; readonly number: number; readonly ms: number }
  /** A server less, and after `ms` it is added again. */
  | { readonly kind: 'remove'; readonly id: string; readonly ms: number }
  /** All processes of a host's SSH server are paused. */
  | { readonly kind: 'hanging ssh'; readonly host: number; readonly ms: number }
  /** A host's SSH port does what `mode` says; see `bad-ssh-port.mjs`. */
  | { readonly kind: 'bad ssh'; readonly host: number; readonly mode: BadSsh; readonly ms: number }
  | { readonly kind: 'power off' | 'cut' | 'full disk'; readonly host: number; readonly ms: number }
  /** Two hosts at once, or the way between two that both see all others. */
  | {
      readonly kind: 'power off two' | 'cut two' | 'cut between' | 'one way';
      readonly host: number;
      readonly from: number;
      readonly ms: number;
    }
  | { readonly kind: 'loss'; readonly host: number; readonly share: number; readonly ms: number }
  | { readonly kind: 'delay'; readonly host: number; readonly delay: number; readonly ms: number };

/** All of {@link BadSsh}. */
export const badSsh = [
  'resets',
  'says nothing',
  'ends after its banner',
  'closes its half',
  'greets without an end',
] as const;

/** What an SSH port may do instead of what it should. */
export type BadSsh = (typeof badSsh)[number];

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

/** How many hosts the run of a seed has. */
export const hostsOf = (seed: number): number => 3 + (seed % 3);

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

/** Faults that come one at a time: those that keep hosts from each other or from their disks. */
const ofHosts = [
  'power off',
  'power off two',
  'cut',
  'cut two',
  'cut between',
  'one way',
  'loss',
  'delay',
  'full disk',
] as const;

/** Faults that come at any time. */
const ofProcesses = [
  'kill server',
  'kill server',
  'kill master',
  'restart',
  'pause server',
  'pause server',
  'pause master',
  'config reload',
  'add',
  'remove',
  'hanging ssh',
  'bad ssh',
] as const;

/** Whether a fault is one of those that come one at a time. */
export const isOfHosts = ({ kind }: Fault): boolean => (ofHosts as readonly string[]).includes(kind);

/** Every kind of fault. */
export const faultKinds: readonly Fault['kind'][] = [...new Set([...ofHosts, ...ofProcesses])];

/**
 * The faults of one run: the same seed gives the same ones. The first of each ends a connector, so that in every run players are cut. Of
 * faults that keep hosts from the others one is there at a time; processes
 * are killed and paused, and operators and SSH ports do what they do, at any time.
 */
export function drawSchedule({ seed, ms, hosts, serverIds }: ScheduleOptions): readonly Step[] {
  const random = randomOf(seed);
  const below = (n: number) => Math.floor(random() * n);
  const oneOf = <T>(all: readonly T[]) => all[below(all.length)]!;
  const steps: Step[] = [];
  let hostFreeAt = 0;
  let added = 0;
  for (let at = 1000 + below(1500); at < ms; at += 800 + below(3000)) {
    const host = below(hosts);
    const from = (host + 1 + below(hosts - 1)) % hosts;
    const id = oneOf(serverIds);
    const lasts = 1500 + below(6000);
    const share = 0.05 + random() * 0.15;
    const mode = oneOf(badSsh);
    const restart = random() < 0.5;
    if (steps.length === 0)
      steps.push({ at, fault: { kind: 'kill server', id: connectorOf(serverIds, host) } });
    else if (random() < 0.4 && at >= hostFreeAt) {
      hostFreeAt = at + lasts + 500;
      steps.push({ at, fault: hostFault(oneOf(ofHosts), { host, from, share, ms: lasts }) });
    } else {
      const kind = oneOf(ofProcesses);
      if (kind === 'add') added++;
      const place = { host, id, mode, restart, number: added, ms: lasts };
      steps.push({ at, fault: processFault(kind, place) });
    }
  }
  return steps;
}

function connectorOf(serverIds: readonly string[], number: number): string {
  const connectors = serverIds.filter((id) => id.startsWith('connector'));
  return connectors[number % connectors.length]!;
}

function hostFault(
  kind: (typeof ofHosts)[number],
  { host, from, share, ms }: { host: number; from: number; share: number; ms: number },
): Fault {
  switch (kind) {
    case 'loss':
      return { kind, host, share, ms };
    case 'delay':
      return { kind, host, delay: 200, ms };
    case 'one way':
    case 'cut between':
    case 'cut two':
    case 'power off two':
      return { kind, host, from, ms };
    default:
      return { kind, host, ms };
  }
}

interface Place {
  readonly host: number;
  readonly id: string;
  readonly mode: BadSsh;
  readonly restart: boolean;
  readonly number: number;
  readonly ms: number;
}

function processFault(kind: (typeof ofProcesses)[number], place: Place): Fault {
  const { host, id, mode, restart, number, ms } = place;
  switch (kind) {
    case 'kill server':
    case 'restart':
      return { kind, id };
    case 'pause server':
    case 'remove':
      return { kind, id, ms };
    case 'config reload':
      return { kind, id, restart };
    case 'kill master':
      return { kind, master: host };
    case 'pause master':
      return { kind, master: host, ms };
    case 'add':
      return { kind, host, number, ms };
    case 'hanging ssh':
      return { kind, host, ms };
    case 'bad ssh':
      return { kind, host, mode, ms };
  }
}

/** `cut on host 2 for 3.1 s`, for who reads what a run has done. */
export function showFault(fault: Fault): string {
  const { kind } = fault;
  const share = 'share' in fault ? ` of ${Math.round(fault.share * 100)} %` : '';
  const what = 'id' in fault ? ` ${fault.id}` : 'master' in fault ? ` ${fault.master + 1}` : '';
  const how = 'restart' in fault && fault.restart ? ' --restart' : 'mode' in fault ? ` (${fault.mode})` : '';
  const host = 'host' in fault ? ` on host ${fault.host + 1}` : '';
  const from = 'from' in fault ? ` and ${fault.from + 1}` : '';
  const time = 'ms' in fault ? ` for ${(fault.ms / 1000).toFixed(1)} s` : '';
  return `${kind}${share}${what}${how}${host}${from}${time}`;
}
