import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminClient } from '../helpers/admin-client.js';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';

/* Every operation of a real cluster in production is asked for with arguments that make no sense, as the program of somebody else may. */

let looked: LookedAtGame;
let program: AdminClient;
let verbs: readonly { readonly verb: string; readonly properties: readonly string[] }[];

beforeAll(async () => {
  const port = await freePort();
  looked = await lookedAtGame({ admin: { port, secondFactor: 'optional' } });
  const { stdout } = await looked.game.run('key', 'create', 'test', '--role', 'admin', '--rate', '50000');
  program = new AdminClient(port);
  program.key = /pt_[0-9a-f]{12}_[\w-]{43}/.exec(stdout)![0];
  const { operations } = (await program.get('/api/v1/operations')).body as {
    operations: { verb: string; args: { properties?: object } }[];
  };
  verbs = operations.map(({ verb, args }) => ({ verb, properties: Object.keys(args.properties ?? {}) }));
}, 60_000);

afterAll(() => looked[Symbol.asyncDispose]());

const nobody = { ids: ['nobody'] };
const text = { id: 'nobody' };
/** Arguments of each operation that are well-formed and mean nothing that there is, so that nothing is done by mistake. */
const harmless: Readonly<Record<string, object>> = {
  'log.read': { ...text, request: { lines: 1 } },
  'views.read': { view: 'servers' },
  'servers.loglevel': { ...nobody, level: 'debug' },
  'servers.profile': { ...text, wish: { kind: 'cpu', ms: 100 } },
  'servers.add': { servers: { nobody: [] } },
  'servers.claim': { ...text, bootId: 'b' },
  'servers.release': { ...text, bootId: 'b' },
  'users.find': { uid: 'nobody' },
  'servers.measures': { id: 'chat-1' },
  'hosts.describe': { host: '127.0.0.1' },
  'servers.config': { id: 'chat-1' },
  'users.describe': { uid: 'nobody' },
  'users.trace': { uid: 'nobody', forMs: 1000 },
  'users.kick': { uid: 'nobody' },
  'users.online': { uids: ['nobody'] },
  'push.many': { pushes: [{ to: { uids: ['nobody'] }, route: 'r', body: {} }] },
  'push.send': { to: { uids: ['nobody'] }, route: 'r', body: {} },
  'channels.members': { name: 'nobody' },
  'inspect.show': { ...text, kind: 'room', thing: 'none' },
  'config.apply': { digest: 'another' },
  'accounts.add': { name: 'nobody', role: 'nobody' },
  'accounts.change': { name: 'nobody' },
  'accounts.remove': { name: 'nobody' },
  'accounts.link': { name: 'nobody' },
  'sessions.revoke': text,
  'keys.create': { name: 'nobody', role: 'nobody' },
  'keys.revoke': text,
  'operations.watch': { id: 999 },
  'operations.pause': { id: 999 },
  'operations.resume': { id: 999 },
  'operations.end': { id: 999 },
};
const selecting = /^servers\.(start|stop|restart|reload|drain|undrain|kill|restore|remove)$/;
const harmlessOf = (verb: string): object => harmless[verb] ?? (selecting.test(verb) ? nobody : {});

/** Values as JSON, of which hardly any argument takes one: a text, so that what only JSON can say is among them. */
const odd = [
  ...[
    'null',
    'true',
    '-1',
    '1.5',
    '1e400',
    '9007199254740993',
    '""',
    '"nobody\\u0000"',
    '"../../etc/passwd"',
  ],
  ...[
    '"__proto__"',
    '"constructor"',
    '[]',
    '[null]',
    '[""]',
    '["nobody", 7]',
    '{}',
    '{"__proto__": {"a": 1}}',
  ],
  JSON.stringify('x'.repeat(20_000)),
];

/** What would end or change something though it is odd. */
const isDone = (verb: string, value: string) =>
  (verb === 'cluster.stop' && value === 'true') || verb === 'views.watch';

async function asked(verb: string, raw: string): Promise<readonly [string, number, string | undefined]> {
  const { status, body } = await program.operate(verb, {}, { raw });
  return [raw.slice(0, 100), status, body?.error?.code];
}

const isOurs = ([, status, code]: readonly [string, number, string | undefined]) =>
  status >= 500 || code === 'UNKNOWN';

describe('arguments that make no sense', () => {
  it('of no operation are answered as a fault of the master', async () => {
    const wrong: unknown[] = [];
    for (const { verb, properties } of verbs) {
      const whole = ['[]', '"text"', '{', '{"no such": 1}', '{"__proto__": {"ids": ["chat-1"]}}'];
      const single = properties.flatMap((name) =>
        odd
          .filter((value) => !isDone(verb, value))
          .map(
            (value) => `${JSON.stringify({ ...harmlessOf(verb), [name]: '$' }).replace('"$"', () => value)}`,
          ),
      );
      const answers = [];
      for (const raw of [...whole.filter(() => !isDone(verb, '')), ...single]) {
        if (raw === whole[4] && Object.keys(harmlessOf(verb)).length === 0) continue;
        answers.push(await asked(verb, raw));
      }
      wrong.push(...answers.filter(isOurs).map((answer) => [verb, ...answer]));
    }
    expect(wrong).toEqual([]);
    expect(Object.values(await looked.game.rows()).map(({ state }) => state)).toEqual([
      'ready',
      'ready',
      'ready',
    ]);
  }, 300_000);

  const add = (server: object, type = 'chat') => ['servers.add', { servers: { [type]: [server] } }] as const;
  const place = { id: 'chat-9', port: 4999 };

  it.each([
    ['a server that there is', ...add({ id: 'chat-1', port: 4999 }), 'the id chat-1 is already that of'],
    ['a port that is none', ...add({ ...place, port: 'a' }), 'expected a port from 1 to 65535'],
    ['a port that is too high', ...add({ ...place, port: 70_000 }), 'expected a port from 1 to 65535'],
    ['no id', ...add({ port: 4999 }), 'expected an id'],
    ['an id that is a path', ...add({ ...place, id: '../../etc' }), 'expected an id of letters'],
    ['a core that there is not', ...add({ ...place, cpu: 4096 }), 'expected a whole number from 0 to 4095'],
    ['a core of another machine', ...add({ ...place, cpu: 4000 }), '4000'],
    ['a module that is not there', ...add({ ...place, args: ['--import', './gone.mjs'] }), 'gone.mjs is not'],
    ['a type without code', ...add(place, 'lobby'), 'expected the folder app/servers/lobby'],
    ['a type of no name', ...add(place, '__proto__'), 'expected at least one server'],
    ['no list of servers', 'servers.add', { servers: { chat: { id: 'chat-9' } } }, 'expected'],
    ['an order by nothing', 'views.read', { view: 'servers', sort: '__proto__' }, '__proto__'],
    ['a profile of no server', 'servers.profile', { ...text, wish: { kind: 'cpu', ms: 100 } }, 'nobody'],
    [
      'a push to no server',
      'push.send',
      { to: { channel: 'c', server: 'nobody' }, route: 'r', body: 1 },
      'nobody',
    ],
    ['a push to no type', 'push.send', { to: { type: 'nobody' }, route: 'r', body: 1 }, 'nobody'],
    ['a host of nobody', 'servers.start', { hosts: ['192.0.2.77'] }, '192.0.2.77'],
    ['a server that was not removed', 'servers.restore', { ids: ['chat-1'] }, 'chat-1'],
    ['a key for ever', 'keys.create', { name: 'k', role: 'viewer', days: 1e9 }, 'at most 3650'],
    ['a name that is two', 'accounts.add', { name: 'a b', role: 'viewer' }, 'letters, digits'],
    ['a pause for ever', 'operations.pause', { id: 1, forMs: 1e300 }, 'at most'],
  ] as const)('such as %s are answered with what is wrong with them', async (_, verb, args, said) => {
    const { status, body } = await program.operate(verb, args);
    expect(body.error.message).toContain(said);
    expect([status >= 400 && status < 500, status, body.error.code]).toEqual([true, status, body.error.code]);
  });
});
