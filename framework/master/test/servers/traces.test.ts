import { FakeClock } from '@pomelo-ts/common/testing';
import { expect, it } from 'vitest';
import { type TraceNews, Traces } from '../../src/servers/traces.js';

/** What a server tells at one time, by its place in the list of its answers. */
type Answer = {
  readonly lines: readonly { readonly at: number; readonly what: string }[];
  readonly lost: number;
};

/** Servers that answer the trace so, one answer after the other, and nothing more at the end. */
function traced(answers: Readonly<Record<string, readonly Answer[]>>) {
  const clock = new FakeClock();
  const asked: Record<string, number> = {};
  const all = Object.keys(answers).map((id) => ({ id, state: 'ready' }));
  const ask = async (
    id: string,
    _command: string,
    question: object,
    _ms: number,
    read: (answer: unknown) => unknown,
  ) => {
    const turn = asked[id] ?? 0;
    asked[id] = turn + 1;
    const { lines, lost } = ('uid' in question && answers[id]![turn]) || { lines: [], lost: 0 };
    return read({ lines: lines.map((line) => ({ ...line, kind: 'request' })), lost });
  };
  const hub = { ask, registry: { all } } as unknown as ConstructorParameters<typeof Traces>[0];
  const told: TraceNews[] = [];
  const traces = new Traces(hub, clock, () => clock.now());
  const ended = traces.trace({
    ...{ uid: 'ann', forMs: 60 * 60_000 },
    tell: (news) => told.push(news),
    gone: new AbortController().signal,
    who: 'cli ann',
  });
  return { clock, told, ended };
}

const linesAt = (times: readonly number[]): Answer => ({
  lines: times.map((at) => ({ at, what: `at ${at}` })),
  lost: 0,
});

it('ends when it was too much, with its last lines told and no line more than its bound', async () => {
  const many = (turn: number) => linesAt(Array.from({ length: 241 }, () => turn * 300));
  const answers = Array.from({ length: 100 }, (_, turn) => many(turn));
  const { clock, told, ended } = traced({ 'connector-1': answers, 'connector-2': answers });
  let end: Awaited<typeof ended> | undefined;
  void ended.then((one) => (end = one));
  while (!end) await clock.letPass(300, 300);
  // 42 times 482 lines would be 20,244
  expect(end).toEqual({ ended: 'full', lines: 20_000, lost: 244 });
  expect(told.reduce((sum, { lines }) => sum + lines.length, 0)).toBe(20_000);
});

it('tells what has happened on several servers in the order of time, also when one was asked just before it', async () => {
  const { clock, told } = traced({
    // it has answered the second question already when the session ends, while the other one has taken its time
    'connector-1': [linesAt([]), linesAt([290]), linesAt([310])],
    'connector-2': [linesAt([]), linesAt([330]), linesAt([340, 350])],
  });
  await new Promise((resolve) => setImmediate(resolve)); // the first question is asked at 0
  for (let n = 0; n < 4; n++) await clock.letPass(300, 300);
  expect(told.flatMap(({ lines }) => lines.map(({ server, at }) => [server, at]))).toEqual([
    ['connector-1', 290],
    ['connector-1', 310],
    ['connector-2', 330],
    ['connector-2', 340],
    ['connector-2', 350],
  ]);
});

it('a trace is refused when too many go on, and before that one more of somebody who has four', async () => {
  const traces = new Traces(
    { ask: () => Promise.reject(new Error('nobody')), registry: { all: [] } } as never,
    new FakeClock(),
  );
  const begin = (who: string) => {
    const gone = new AbortController();
    const over = traces.trace({ uid: '42', forMs: 60_000, tell: () => {}, gone: gone.signal, who });
    return { gone, over };
  };
  const [first] = Array.from({ length: 4 }, () => begin('http eve'));
  await expect(begin('http eve').over).rejects.toMatchObject({
    code: 'TRACES_FULL',
    message: /4 of them yours/,
  });
  const others = ['ann', 'bob', 'cyd', 'dan', 'eli', 'fay'].map(begin);
  await expect(begin('gus').over).rejects.toMatchObject({ code: 'TRACES_FULL', message: /0 of them yours/ });
  first!.gone.abort();
  expect(await first!.over).toMatchObject({ ended: 'gone' });
  const last = begin('gus');
  for (const { gone } of [...others, last]) gone.abort();
  expect(await last.over).toMatchObject({ ended: 'gone' });
});
