import { type CpuProfile, placeOf } from '@pomelo-ts/views';

/** Whose code a function is, which has its colour. */
export type Owner = 'game' | 'library' | 'node' | 'engine';

/** One function as it was called by another. */
export interface Frame {
  readonly id: number;
  readonly name: string;
  readonly place: string;
  readonly owner: Owner;
  readonly depth: number;
  /** Where it begins, as a share of the busy time. */
  readonly x: number;
  /** How much of the busy time it takes with all that it calls, and without. */
  readonly width: number;
  readonly own: number;
  readonly parent: Frame | undefined;
  readonly children: Frame[];
}

/** A CPU profile as a flame graph has it: the root at the top, below it what it calls, the widest first. */
export interface Flame {
  readonly root: Frame;
  /** All frames, a parent before its children. */
  readonly frames: readonly Frame[];
  readonly depth: number;
  /** Milliseconds that were looked at, and the share of them in which something was done. */
  readonly ms: number;
  readonly busy: number;
}

/** Functions of the same name and place, called by the same. */
interface Group {
  readonly name: string;
  readonly url: string;
  readonly line: number;
  own: number;
  whole: number;
  readonly callees: Map<string, Group>;
}

type Node = CpuProfile['nodes'][number];

/** Lays out a profile. Waiting is left out: what a server that is idle does in its little work is seen all the same. */
export function layOut(profile: CpuProfile): Flame {
  const times = timesOf(profile);
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const called = new Set(profile.nodes.flatMap(({ children = [] }) => children));
  const root: Group = groupOf('', '', -1);
  for (const node of profile.nodes) if (!called.has(node.id)) gather(root, node, nodes, times);
  sum(root);
  const frames: Frame[] = [];
  const placed = place(root, undefined, 0, root.whole || 1, frames);
  return {
    root: placed,
    frames,
    depth: frames.reduce((most, { depth }) => Math.max(most, depth), 0),
    ms: all / 1000,
    busy: all > 0 ? root.whole / all : 0,
  };
}

/** Microseconds that each node was seen in. */
function timesOf({ samples, timeDeltas }: CpuProfile): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const [at, id] of samples.entries())
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[at] ?? 0));
  return times;
}

const groupOf = (name: string, url: string, line: number): Group => ({
  ...{ name, url, line, own: 0, whole: 0 },
  callees: new Map(),
});

/** Not by recursion: a game may call itself some ten thousand times. */
function gather(
  root: Group,
  first: Node,
  nodes: ReadonlyMap<number, Node>,
  times: ReadonlyMap<number, number>,
): void {
  const waiting: [Group, Node][] = [[root, first]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [caller, { id, callFrame, children = [] }] = next;
    const { functionName, url, lineNumber } = callFrame;
    if (functionName === '(idle)') continue;
    const isRoot = functionName === '(root)';
    const group = isRoot ? root : calleeOf(caller, functionName || '(anonymous)', url, lineNumber);
    group.own += times.get(id) ?? 0;
    for (const child of children) {
      const node = nodes.get(child);
      if (node) waiting.push([group, node]);
    }
  }
}

function calleeOf(caller: Group, name: string, url: string, line: number): Group {
  const key = `${name} ${url}:${line}`;
  const known = caller.callees.get(key) ?? groupOf(name, url, line);
  caller.callees.set(key, known);
  return known;
}

/** Times with all that is called: a group is after those that it is called by in this order. */
function sum(root: Group): void {
  const order: [Group, Group | undefined][] = [[root, undefined]];
  for (let n = 0; n < order.length; n++) {
    const [group] = order[n]!;
    for (const callee of group.callees.values()) order.push([callee, group]);
  }
  for (const [group, caller] of order.reverse()) {
    group.whole += group.own;
    if (caller) caller.whole += group.whole;
  }
}

function place(top: Group, parent: Frame | undefined, x: number, all: number, frames: Frame[]): Frame {
  const waiting: [Group, Frame | undefined, number][] = [[top, parent, x]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [group, caller, begin] = next;
    const frame: Frame = {
      id: frames.length,
      name: group.name,
      place: placeOf(group.url, group.line),
      owner: ownerOf(group.url),
      depth: caller ? caller.depth + 1 : 0,
      x: begin,
      width: group.whole / all,
      own: group.own / all,
      parent: caller,
      children: [],
    };
    frames.push(frame);
    caller?.children.push(frame);
    let at = begin;
    const callees = [...group.callees.values()].filter(({ whole }) => whole > 0);
    const placed = callees
      .sort((a, b) => b.whole - a.whole)
      .map((callee): [Group, Frame, number] => {
        const here = at;
        at += callee.whole / all;
        return [callee, frame, here];
      });
    waiting.push(...placed.reverse());
  }
  return frames[0]!;
}

function ownerOf(url: string): Owner {
  if (url === '') return 'engine';
  if (url.startsWith('node:')) return 'node';
  return url.includes('/node_modules/') || /\/framework\/[a-z]+\/dist\//.test(url) ? 'library' : 'game';
}

/** Frames that can be seen when `top` has the whole width: those that are too narrow are left out. */
export function visibleIn({ frames }: Flame, top: Frame, leastShare: number): readonly Frame[] {
  const end = top.x + top.width;
  return frames.filter(
    ({ x, width, depth }) =>
      width / top.width >= leastShare &&
      (depth < top.depth
        ? x <= top.x && x + width >= end - 1e-9
        : x >= top.x - 1e-9 && x + width <= end + 1e-9),
  );
}

/** Frames whose name or place has a text, and their share of the busy time: of those within each other the outer one counts. */
export function foundIn(
  { frames }: Flame,
  text: string,
): { readonly found: ReadonlySet<Frame>; readonly share: number } {
  const part = text.trim().toLowerCase();
  const found = new Set(
    part === ''
      ? []
      : frames.filter(
          ({ name, place: at }) => name.toLowerCase().includes(part) || at.toLowerCase().includes(part),
        ),
  );
  const within = new Set<Frame>();
  let share = 0;
  for (const frame of frames) {
    const inOther = frame.parent !== undefined && within.has(frame.parent);
    if (inOther || found.has(frame)) within.add(frame);
    if (found.has(frame) && !inOther) share += frame.width;
  }
  return { found, share };
}

/** The frame that an arrow key leads to; the same one where there is none. */
export function besides(frame: Frame, key: string): Frame {
  const siblings = frame.parent?.children ?? [frame];
  const at = siblings.indexOf(frame);
  switch (key) {
    case 'ArrowUp':
      return frame.parent ?? frame;
    case 'ArrowDown':
      return frame.children[0] ?? frame;
    case 'ArrowLeft':
      return siblings[at - 1] ?? frame;
    case 'ArrowRight':
      return siblings[at + 1] ?? frame;
    default:
      return frame;
  }
}
