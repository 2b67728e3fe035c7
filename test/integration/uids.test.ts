import { expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { connectors, type Recipient, UidGame, type UidsAnswer } from '../helpers/uid-game.js';

const perConnector = 10;

/** Has the backend do something, asked by a client that stays. */
async function ask(asker: Recipient, method: string, msg: object = {}): Promise<UidsAnswer> {
  return asker.client.request<UidsAnswer>(`chat.uids.${method}`, msg);
}

/** Waits until an answer is as it should be; meanwhile the backend may say that a frontend could not be asked. */
async function answers(
  asker: Recipient,
  [method, msg]: readonly [string, object?],
  expected: UidsAnswer,
): Promise<void> {
  let last: UidsAnswer | undefined;
  const fits = async (): Promise<boolean> => {
    last = await ask(asker, method, msg);
    return JSON.stringify(last) === JSON.stringify(expected);
  };
  await eventually(fits, `${method}: ${JSON.stringify(expected)}`, 30_000).catch((error: Error) => {
    throw new Error(`${error.message}; at last it was ${JSON.stringify(last)}`);
  });
}

/** Pushes mail `n` from the backend to all of `to`; those of them who are online have it once, nobody else has. */
async function mail(asker: Recipient, n: number, to: readonly string[], all: readonly Recipient[]) {
  // What is answered with a code, as a frontend begins and cannot be asked yet, has pushed nothing.
  const push = async () => ask(asker, 'push', { uids: to, n });
  const answer = await eventually(
    () => push().then((answer) => answer.code === undefined && answer),
    `mail ${n}`,
    30_000,
  );
  const listed = all.filter(({ uid }) => to.includes(uid));
  await eventually(
    () => listed.every(({ mails }) => mails.includes(n)),
    `mail ${n} at all ${listed.length} who are online`,
    30_000,
  );
  const got = all.filter(({ mails }) => mails.includes(n)).map(({ uid }) => uid);
  expect(got).toEqual(listed.map(({ uid }) => uid));
  for (const { mails } of listed) expect(mails.filter((one) => one === n)).toHaveLength(1);
  return answer;
}

const uidsOf = (recipients: readonly Recipient[]): string[] => recipients.map(({ uid }) => uid);

it('pushes to uids by one frame for each frontend that has some, and knows who is online, also after a frontend was killed', async () => {
  await using game = await UidGame.start();
  const all: Recipient[] = [];
  for (const connector of connectors)
    for (let n = 0; n < perConnector; n++) all.push(await game.join(`${connector}-u${n}`, connector));
  const asker = all[0]!;
  const here = all.filter(({ connector }) => connector !== 'connector-3');
  const there = all.filter(({ connector }) => connector === 'connector-3');
  const nobody = ['gone-1', 'gone-2'];

  expect(await ask(asker, 'online', { uids: [...nobody, ...uidsOf(all)] })).toEqual({ online: uidsOf(all) });
  expect(await ask(asker, 'count')).toEqual({ count: all.length });
  for (const uid of [asker.uid, there[0]!.uid]) await ask(asker, 'watch', { uid });
  await answers(asker, ['seen', { uid: there[0]!.uid }], { seen: [['connector-3']] });

  const first = await mail(asker, 1, [...uidsOf(all), ...nobody], all);
  expect({ ...first, online: new Set(first.online) }).toEqual({
    by: 'chat-1',
    online: new Set(uidsOf(all)),
    frames: connectors.length,
  });
  const two = [here[1]!, ...there.slice(0, 5)];
  expect(await mail(asker, 2, uidsOf(two), all)).toMatchObject({ frames: 2 });
  expect(await mail(asker, 3, [there[3]!.uid], all)).toMatchObject({ frames: 1 });
  expect(await ask(asker, 'push', { uids: nobody, n: 4 })).toEqual({ by: 'chat-1', online: [], frames: 0 });

  const pid = await game.kill('connector-3');
  await answers(asker, ['online', { uids: uidsOf(all) }], { online: uidsOf(here) });
  await answers(asker, ['count'], { count: here.length });
  await answers(asker, ['seen', { uid: there[0]!.uid }], { seen: [['connector-3'], []] });
  expect(await mail(asker, 5, uidsOf(all), here)).toMatchObject({ frames: 2 });

  await game.back('connector-3', pid);
  const again: Recipient[] = [];
  for (const { uid } of there) again.push(await game.join(uid, 'connector-3'));
  await answers(asker, ['online', { uids: uidsOf(all) }], { online: uidsOf(all) });
  await answers(asker, ['count'], { count: all.length });
  await answers(asker, ['seen', { uid: there[0]!.uid }], { seen: [['connector-3'], [], ['connector-3']] });
  expect(await mail(asker, 6, uidsOf(all), [...here, ...again])).toMatchObject({ frames: connectors.length });
  // Nothing of it was anything to the one who did not move.
  expect(await ask(asker, 'seen', { uid: asker.uid })).toEqual({ seen: [['connector-1']] });
});
