/** What of Chrome's `.cpuprofile` is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      /** From 0. */
      readonly lineNumber: number;
    };
    /** Ids of what it called. */
    readonly children?: readonly number[];
  }[];
  /** Node that was seen at each look, and microseconds since the one before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** One function, and its share of the time. */
export interface BusyFunction {
  /** Of the whole time, without what it calls. */
  readonly share: number;
  readonly name: string;
  /** `app/servers/chat/handler/chatHandler.js:12`. */
  readonly place: string;
}

/** The functions in which most of the time went, without what they call, waiting left out. */
export function busiest({ nodes, samples, timeDeltas }: CpuProfile, most: number): BusyFunction[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, { name: string; place: string; time: number }>();
  let whole = 0;
  for (const [at, id] of samples.entries()) {
    const time = Math.max(0, timeDeltas[at] ?? 0);
    whole += time;
    const frame = frames.get(id);
    if (!frame || frame.functionName === '(idle)') continue;
    const name = frame.functionName || '(anonymous)';
    const place = placeOf(frame.url, frame.lineNumber);
    const key = `${name} ${place}`;
    const known = times.get(key);
    if (known) known.time += time;
    else times.set(key, { name, place, time });
  }
  return [...times.values()]
    .sort((a, b) => b.time - a.time)
    .slice(0, most)
    .map(({ name, place, time }) => ({ name, place, share: whole > 0 ? time / whole : 0 }));
}

/** Where a function stands: the end of the path is what tells files apart. */
export function placeOf(url: string, line: number): string {
  if (url === '') return '';
  const path = url.replace(/^file:\/\//, '').replace(/\?.*$/, '');
  const short = path.split('/').slice(-5).join('/');
  return line >= 0 ? `${short}:${line + 1}` : short;
}
