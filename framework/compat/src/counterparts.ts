/** What becomes of the keys of one of pomelo's settings. */
export interface Counterpart {
  /** Keys that do here what they did there. */
  readonly kept?: readonly string[];
  /** Keys without which the app would do something else than its code says, with the cure: they stop the start. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Keys that only tuned something, with what there is instead: they are warned of. */
  readonly idle?: Readonly<Record<string, string>>;
  /** What to say of all other keys. */
  readonly others: string;
}

const tls = 'take it out and let a proxy before the frontends end TLS';
const coders = 'take it out: bodies are JSON, or protobuf by config/clientProtos.json and serverProtos.json';
const transport = 'servers call each other over one connection with proof of the secret';
const admin = 'the master runs no code of the app';
const own = 'pomelo-ts has no such setting';
const pushes = 'pushes of one tick leave together, without delay';
const reloaded = 'pomelo-ts reload swaps code, and pomelo-ts dev does by itself';

/** The settings of pomelo and pinus that their own components read. */
export const counterparts: Readonly<Record<string, Counterpart>> = {
  connectorConfig: {
    kept: [
      ...['connector', 'heartbeat', 'timeout', 'useDict', 'useProtobuf', 'handshake', 'checkClient'],
      ...['useHostFilter', 'blacklistFun', 'disconnectOnTimeout', 'setNoDelay'],
    ],
    refused: {
      encode: coders,
      decode: coders,
      useAsyncCoder: coders,
      useCrypto: 'take it out: messages are not signed, TLS does more',
      ssl: tls,
      sslWatcher: tls,
      key: tls,
      cert: tls,
    },
    idle: {
      distinctHost: 'a frontend listens on loopback when its hosts are, else on every interface',
      realIPKey: 'name the proxies in client.trustedProxies of config/settings.json5',
      realPortKey: 'ports of clients are not kept',
      forwardMsg: 'a server type without handlers answers no request',
    },
    others: own,
  },
  sessionConfig: { kept: ['singleSession'], others: own },
  channelConfig: {
    refused: {
      store: 'keep the members yourself, and add them again in afterStartup',
      broadcastFilter: 'push to a channel, or to listed uids, instead',
    },
    others: 'channels need no setting',
  },
  dictionaryConfig: {
    refused: { dict: 'move its routes to config/dictionary.json' },
    others: 'codes are given to all routes of handlers, then to those of config/dictionary.json',
  },
  protobufConfig: {
    refused: {
      serverProtos: 'move its messages to config/serverProtos.json',
      clientProtos: 'move its messages to config/clientProtos.json',
    },
    others: own,
  },
  proxyConfig: {
    kept: ['timeout', 'pendingSize', 'routerType', 'dynamicUserProxy', 'containParentMethod'],
    idle: {
      hashFieldIndex: 'the router ch goes by the route parameter, as uid of a session or as text',
      mailboxFactory: transport,
      rpcClient: transport,
      failMode: 'a call fails at once or by its timeout, with an error that says which',
    },
    others: transport,
  },
  remoteConfig: {
    idle: { reloadRemotes: reloaded },
    others: transport,
  },
  serverConfig: {
    idle: {
      reloadHandlers: reloaded,
      enableForwardLog: 'read the counters of pomelo-ts list --json',
    },
    others: own,
  },
  pushSchedulerConfig: { others: pushes },
  schedulerConfig: { others: pushes },
  masterConfig: { others: admin },
  monitorConfig: { others: admin },
  connectionConfig: { others: own },
  backendSessionConfig: { others: own },
};

/** Settings with one value. */
export const idleSettings: Readonly<Record<string, string>> = {
  ssh_config_params: 'servers on other hosts come with a later version',
  adminAuthServerMonitor: 'servers prove that they know the cluster secret, POMELO_TS_SECRET',
  systemMonitor: 'pomelo-ts list shows what servers use',
  rpcDebugLog: 'set log.level of config/settings.json5 to debug',
};
