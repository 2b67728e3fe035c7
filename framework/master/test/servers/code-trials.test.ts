import { describe, expect, it } from 'vitest';
import { tryCode } from '../../src/servers/code-trials.js';
import type { TrialAnswer } from '../../src/servers/server-answers.js';
import { Bench, entry } from '../supervisor-bench.js';

const ids = ['chat-1', 'chat-2', 'chat-3', 'chat-4', 'connector-1'];
const untried = (reason: string): TrialAnswer => ({ verdict: 'untried', reason });

/** Has the code tried by servers that answer so, and gives who was asked, what was warned of, and how it ended. */
async function trial(
  answers: Readonly<Record<string, TrialAnswer>>,
  onAsked: (id: string, bench: Bench) => unknown = () => {},
) {
  using bench = new Bench(ids.map((id) => entry(id)));
  await bench.start(...ids);
  const [asked, warned]: [string[], string[]] = [[], []];
  for (const id of ids) {
    bench.launcher.lives[id]!.at(-1)!.link!.onCommand(async () => {
      asked.push(id);
      await onAsked(id, bench);
      return answers[id] ?? { verdict: 'fine' };
    });
  }
  const tried = ids.map((id) => ({ record: bench.supervisor.record(id), args: [] }));
  const error = await tryCode(tried, bench.hub, (progress) => {
    if (progress.kind === 'warning') warned.push(progress.text);
  }).catch((error: unknown) => error);
  return { asked: asked.sort(), warned, error };
}

describe('a trial of the code that servers are going to load', () => {
  it('is made by one of each type', async () => {
    expect(await trial({})).toEqual({ asked: ['chat-1', 'connector-1'], warned: [], error: undefined });
  });

  it('is made by another of the type where the first could not', async () => {
    const { asked, warned, error } = await trial({
      'chat-1': untried('it ended with SIGKILL'),
      'chat-2': { verdict: 'broken', reason: 'a mistake' },
    });
    expect([asked, warned]).toEqual([['chat-1', 'chat-2', 'connector-1'], []]);
    expect(error).toMatchObject({
      code: 'RESTART_REFUSED',
      facts: { serverId: 'chat-2', reason: 'a mistake' },
    });
  });

  it('is left to those of the type that still run when one is killed over it', async () => {
    const kill = (id: string, { launcher }: Bench) => {
      if (id !== 'chat-1') return;
      for (const killed of ['chat-1', 'chat-2']) launcher.lives[killed]!.at(-1)!.kill('SIGKILL');
    };
    const { asked, warned } = await trial({}, kill);
    expect([asked, warned]).toEqual([['chat-1', 'chat-3', 'connector-1'], []]);
  });

  it('is warned of where three of the type could not make it', async () => {
    const cannot = Object.fromEntries(ids.map((id) => [id, untried('no process')]));
    const { asked, warned, error } = await trial({ ...cannot, 'connector-1': { verdict: 'fine' } });
    expect(asked).toEqual(['chat-1', 'chat-2', 'chat-3', 'connector-1']);
    expect(warned).toEqual(['the new code was not tried on chat-3: no process']);
    expect(error).toBeUndefined();
  });
});
