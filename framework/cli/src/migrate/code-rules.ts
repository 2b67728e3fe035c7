import type { FindingKind } from './finding.js';

/** A way of saying things in code that has no counterpart, or not quite one. */
export interface CodeRule {
  readonly kind: FindingKind;
  /** Global, so that every place is found; the first group that has something is told. */
  readonly pattern: RegExp;
  readonly what: string;
  readonly cure: string;
}

const ownParts =
  'connector|proxy|remote|server|session|channel|monitor|master|dictionary|protobuf|pushScheduler|connection|backendSession|serverMap';

/** What is looked for in every line; `$` in `what` is what was found. */
export const codeRules: readonly CodeRule[] = [
  {
    kind: 'change',
    pattern: /\b(?:require\(|from|import\(?)\s*['"]((?:pomelo|pinus)\/[^'"]+)['"]/g,
    what: "the import of '$', a file of the framework's own",
    cure: "take what you need from '@pomelo-ts/compat', or by app.get",
  },
  {
    kind: 'change',
    pattern: /\bconnectors\.(sioconnector|udpconnector|mqttconnector)\b/g,
    what: 'the connector $',
    cure: 'set hybridconnector, and use a client for WebSockets or raw TCP',
  },
  {
    kind: 'change',
    pattern: /\b(app\.sysrpc)\b/g,
    what: "$, the framework's own calls",
    cure: 'use app.rpc and the services',
  },
  {
    kind: 'change',
    pattern: /\bapp\.(addServers|removeServers|replaceServers)\(/g,
    what: 'app.$',
    cure: 'put the servers into config/servers.json, and start and stop them by pomelo-ts',
  },
  {
    kind: 'change',
    pattern: /\b(?:pomelo|pinus)\.(components\.\w+)/g,
    what: "$, one of the framework's own parts",
    cure: 'take the line out: a server starts what it needs by itself',
  },
  {
    kind: 'change',
    pattern: new RegExp(`\\b__(${ownParts})__\\b`, 'g'),
    what: "__$__, the inside of one of the framework's own parts",
    cure: 'use app.rpc, and app.get of sessionService, backendSessionService or channelService',
  },
  {
    kind: 'change',
    pattern: /\.(__session__|__socket__|__sessionService__)\b/g,
    what: '$, the inside of a session',
    cure: 'use the methods of the session',
  },
  {
    kind: 'change',
    pattern: /\bsession\.(?:on|once)\(\s*['"](?!closed['"])([^'"]+)/g,
    what: "session.on('$')",
    cure: "sessions tell 'closed' only; listen for bind_session and unbind_session on app.event",
  },
  {
    kind: 'change',
    pattern: /\bsessionService\.(sendMessage(?:ByUid)?)\(/g,
    what: 'sessionService.$, which sends bytes of the wire format',
    cure: 'use channelService.pushMessageByUids',
  },
  {
    kind: 'change',
    pattern: /\bcreateApp\(\s*\{\s*['"]?(base)\b/g,
    what: '$ of createApp',
    cure: 'take it out, and name the folder of app.js in package.json as "pomelo-ts": { "app": … }',
  },
  {
    kind: 'change',
    pattern: /\b(manualReload\w+|clearRequireCache)\b/g,
    what: '$',
    cure: 'take it out: pomelo-ts reload swaps code',
  },
  {
    kind: 'idle',
    pattern: /\bapp\.(registerAdmin)\(/g,
    what: 'app.$',
    cure: 'the master runs no code of the app; pomelo-ts list, stop, restart and reload are there instead',
  },
  {
    kind: 'check',
    pattern: /\bapp\.(route)\(/g,
    what: 'app.$',
    cure: "for clients' requests its function must call back before it returns: look up early what it needs",
  },
];

/** What becomes of the packages around pomelo and pinus, by name. */
export const packageRules: Readonly<Record<string, { readonly kind: FindingKind; readonly cure: string }>> = {
  ...Object.fromEntries(
    ['rpc', 'admin', 'loader', 'monitor'].flatMap((part) =>
      ['pomelo', 'pinus'].map((name) => [
        `${name}-${part}`,
        { kind: 'change', cure: 'take it out: it is the inside of the old framework' } as const,
      ]),
    ),
  ),
  'pomelo-globalchannel-plugin': {
    kind: 'change',
    cure: 'use channels: pushes reach members on every frontend',
  },
  'pomelo-masterha-plugin': { kind: 'change', cure: 'take it out: servers play on without a master' },
  'pomelo-zookeeper-plugin': { kind: 'change', cure: 'take it out: the master tells servers of each other' },
  'pomelo-scale-plugin': { kind: 'change', cure: 'take it out: pomelo-ts start starts what is missing' },
};

/** Of packages that no rule names. */
export const otherPackage = {
  kind: 'check',
  cure: 'it was made for the old framework: it works as far as it keeps to the documented interface',
} as const;

/** Libraries of their own, that came with the framework and have nothing to do with its inside. */
export const plainLibraries =
  /^(pomelo|pinus)-(logger|scheduler|protocol|protobuf|collection|bt|aoi|pathfinding|sync)$/;
