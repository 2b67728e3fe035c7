import * as z from 'zod';
import { mostAcceptors } from '../registry/entry.js';
import { clientUrlField } from './client-url.js';
import { flag, hasNoNul, integer, listOf, mostClients, port, section, text } from './fields.js';
import { dialedHostField, hostField, listenField } from './host-field.js';

const idExpected = 'an id of letters, digits, ".", "_" and "-" that begins with a letter or digit';

/** So long that files named after it, keys, and messages between servers all take it. */
const longestId = 200;
const idLength = `an id of at most ${longestId} characters`;

/** Longest type, so that the ids which `clusterCount` makes of it are not too long. */
export const longestType = 150;

const portExpected = 'a port from 1 to 65535, or "3150++" beside clusterCount';

/** A port, or with `clusterCount` the first of several as `"3150++"`. */
const portOrFirst = () =>
  z.union([port(), z.string().regex(/^\d+\+\+$/, { error: portExpected })], { error: portExpected });

const argsExpected = 'Node options as a list of texts, or as one text';

/** The sum of all weights must be a number that can still be counted with. */
const heaviest = 1_000_000;
const weightExpected = `a number above 0 and up to ${heaviest}`;

const cpuList = /^\d+(?:-\d+(?::\d+)?)?(?:,\d+(?:-\d+(?::\d+)?)?)*$/;
const cpuExpected = 'a core from 0 to 4095, or a list of cores such as "0-3" or "0,2"';

/** As taskset reads a list: a range rises, its step is not zero, and no core has a number beyond what the system counts. */
const risesInCores = (list: string): boolean =>
  !cpuList.test(list) ||
  list.split(',').every((part) => {
    const [from = 0, to = from, step = 1] = part.split(/[-:]/).map(Number);
    return from <= to && to <= 4095 && step >= 1;
  });

const acceptor = section({
  name: text('the name of an acceptor')
    .max(longestId, { error: `a name of at most ${longestId} characters` })
    .describe('Name of the acceptor: `hybrid`, or one that the app registers with `app.acceptor`.'),
  port: portOrFirst().describe('Port that it listens at.'),
  options: z
    .record(z.string(), z.unknown(), { error: 'an object' })
    .optional()
    .describe('What the acceptor is made with; which options there are is its own matter.'),
});

/** The fields of one entry of `servers.json` that pomelo-ts knows; others are carried along. */
export const serverSchema = z.looseObject(
  {
    id: z
      .string({ error: idExpected })
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: idExpected })
      .max(longestId, { error: idLength })
      .optional()
      .describe('Name of the server, unique in the cluster. Not with `clusterCount`, which makes the ids.'),
    host: hostField()
      .prefault('127.0.0.1')
      .describe(
        'Machine the server runs on; others call it there, and there it listens for them. An IPv6 address stands with or without brackets.',
      ),
    port: portOrFirst().optional().describe('Port for calls of other servers; without it there are none.'),
    clientHost: dialedHostField()
      .optional()
      .describe(
        'Address that clients are told. Default `host`; where that is `0.0.0.0` or `::`, the one by which a client has reached the gate.',
      ),
    clientPort: portOrFirst().optional().describe('Port for clients; every frontend needs one.'),
    acceptors: listOf(acceptor, 'a list of acceptors, each with name and port')
      .max(mostAcceptors, { error: `at most ${mostAcceptors} acceptors` })
      .optional()
      .describe('Further ports for clients, each with what serves it. They share the bounds on connections.'),
    clientListen: listenField()
      .optional()
      .describe(
        'Address that the server listens at for clients. Default: where `host` and `clientHost` both mean this machine alone (`localhost`, `127.0.0.1`, `::1`), that loopback address; else `::`, which takes IPv6 and IPv4, or `0.0.0.0` where the system has no IPv6.',
      ),
    clientUrl: clientUrlField()
      .optional()
      .describe(
        'URL that clients are told beside `clientHost` and `clientPort`, and that our clients dial in place of them: for a proxy with TLS or a path before the server, such as `"wss://game.example.com/{id}"`. `{id}` becomes the id of the server, `{n}` the number in the id where `clusterCount` makes it.',
      ),
    opsPort: portOrFirst()
      .optional()
      .describe(
        'Port for `/metrics` and `/health` of this server, by HTTP and without a password; without it there are none. The master has those of all.',
      ),
    opsListen: listenField()
      .optional()
      .describe('Address that `opsPort` is listened at. Default `127.0.0.1`; whoever reaches it may read.'),
    metricsTokenFile: text('a file')
      .optional()
      .describe(
        'File, mode 0600, with a token that whoever reads `/metrics` of `opsPort` must bring: `authorization: Bearer …`. It is read when the port is opened.',
      ),
    frontend: flag().prefault(false).describe('Whether clients connect to this server.'),
    clusterCount: integer(1, 10_000)
      .optional()
      .describe(
        'Makes this many servers of the entry, named `cluster-server-<type>-<n>`; values such as `"3150++"` count up.',
      ),
    args: z
      .union([z.string(), z.array(z.string())], { error: argsExpected })
      .transform((args) => (typeof args === 'string' ? args.split(/\s+/).filter(Boolean) : args))
      .refine((args) => args.every(hasNoNul), { error: `${argsExpected}, without NUL` })
      .prefault([])
      .describe('Options for node; one text is split at spaces.'),
    cpu: z
      .union(
        [
          integer(0, 4095),
          z.string().regex(cpuList, { error: cpuExpected }).refine(risesInCores, { error: cpuExpected }),
        ],
        { error: cpuExpected },
      )
      .optional()
      .describe('Processor cores to run on (Linux): one number, or a list as `taskset -c` takes it.'),
    'auto-restart': flag()
      .optional()
      .describe(
        'Start the server again when it ends by itself. Default `false` in development, else `true`.',
      ),
    'restart-force': flag()
      .optional()
      .describe(
        'As auto-restart, and a process of this server that hangs is killed first. Default `false` in development, else what `auto-restart` is.',
      ),
    external: flag()
      .optional()
      .describe(
        'Whether something else starts it with `pomelo-ts run`, such as systemd or a container: then the master never does.',
      ),
    group: text('the name of a group')
      .optional()
      .describe('The set of servers that are released together with it, such as "blue".'),
    'max-connections': integer(1, mostClients).optional().describe('Clients this frontend accepts at most.'),
    weight: z
      .number({ error: weightExpected })
      .positive({ error: weightExpected })
      .max(heaviest, { error: weightExpected })
      .default(1)
      .describe('Share of the load, relative to the other servers of the type.'),
  },
  { error: 'an object with the fields of one server' },
);

/** Names of the known fields. */
export const serverKeys: readonly string[] = Object.keys(serverSchema.shape);
