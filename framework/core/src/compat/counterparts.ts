/** What to do instead, by key of one of pomelo's settings; `*` for all keys. */
export type Counterparts = Readonly<Record<string, Readonly<Record<string, string>>>>;

const tls = 'let a proxy before the frontends end TLS';
const coders = 'bodies are JSON, or protobuf by config/clientProtos.json and serverProtos.json';
const admin = 'the master runs no code of the app; admin users and modules come with the admin API';
const transport = 'servers call each other over one connection with proof of the secret';

/** The settings of pomelo and pinus that mean something to an app and have no effect here. */
export const withoutCounterpart: Counterparts = {
  connectorConfig: {
    encode: coders,
    decode: coders,
    useAsyncCoder: coders,
    useCrypto: 'messages are not signed: use TLS',
    ssl: tls,
    sslWatcher: tls,
    key: tls,
    cert: tls,
    distinctHost: 'a frontend listens on loopback when its hosts are, else on every interface',
    realIPKey: 'name the proxies in client.trustedProxies of config/settings.json5',
    realPortKey: 'ports of clients are not kept',
    forwardMsg: 'requests are forwarded to backends only, and a type without handlers answers none',
  },
  channelConfig: {
    store: 'channels live as long as their server',
    broadcastFilter: 'push to a channel, or to listed uids, instead',
  },
  pushSchedulerConfig: { '*': 'pushes of one tick leave together, without delay' },
  schedulerConfig: { '*': 'pushes of one tick leave together, without delay' },
  serverConfig: {
    reloadHandlers: 'pomelo-ts reload swaps handlers, and pomelo-ts dev does by itself',
    enableForwardLog: 'add a filter, or read the counters of pomelo-ts list --json',
  },
  remoteConfig: {
    reloadRemotes: 'pomelo-ts reload swaps remotes, and pomelo-ts dev does by itself',
    acceptorFactory: transport,
    rpcServer: transport,
  },
  proxyConfig: {
    mailboxFactory: transport,
    rpcClient: transport,
    failMode: 'a call fails at once or by its timeout, with an error that says which',
  },
  masterConfig: { '*': admin },
  monitorConfig: { '*': admin },
  dictionaryConfig: { '*': 'put the routes into config/dictionary.json' },
  protobufConfig: { '*': 'put the messages into config/clientProtos.json and config/serverProtos.json' },
  ssh_config_params: { '*': 'servers on other hosts come with a later version' },
  adminAuthServerMonitor: { '*': 'servers prove that they know the cluster secret, POMELO_TS_SECRET' },
  systemMonitor: { '*': 'pomelo-ts list shows what servers use' },
  rpcDebugLog: { '*': 'set log.level of config/settings.json5 to debug' },
};
