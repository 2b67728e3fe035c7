import { hostname } from 'node:os';
import { LinkHub, type OperatorHandler } from '@pomelo-ts/cluster/masters';
import { type Clock, type Logger, silentLogger, systemClock } from '@pomelo-ts/common';
import { DiskWatch } from '@pomelo-ts/common/internal';
import { usualSecondFactor } from './accounts/second-factors.js';
import { Accounts } from './accounts.js';
import { type ApprovalSettings, Approvals } from './approvals/approvals.js';
import { AccountRecords } from './audit/account-records.js';
import { AuditLog } from './audit/audit-log.js';
import { auditMeasures } from './audit/audit-measures.js';
import { redactedValue } from './audit/redacted.js';
import { BlacklistFile, Blacklisting } from './blacklist.js';
import { Claims } from './external/claims.js';
import { ConfigNotes } from './feed/config-notes.js';
import { FeedOpening } from './feed/feed-opening.js';
import { Hosts } from './hosts/hosts.js';
import { type Leader, showLeader } from './leadership/leader.js';
import { soleTenure, type Tenure } from './leadership/tenure.js';
import { MasterLeases } from './leases/master-leases.js';
import { Listening } from './listener/listening.js';
import { hostsOf } from './listener/master-listener.js';
import { FileJournal } from './long-operations/journal.js';
import { LongOperations } from './long-operations/long-operations.js';
import type { MasterOptions } from './master-options.js';
import { RuntimeNotice } from './runtime/runtime-notice.js';
import { runtimeState } from './runtime/runtime-state.js';
import { isAbrupt } from './secret/secret-names.js';
import { Acting } from './servers/acting.js';
import { Certificates } from './servers/certificates.js';
import { Draining } from './servers/draining.js';
import { Evaluating } from './servers/evaluating.js';
import { HostClocks } from './servers/host-clocks.js';
import { hostFacts } from './servers/host-facts.js';
import { HostPages } from './servers/host-pages.js';
import { HostReadiness } from './servers/host-readiness.js';
import { Inspecting } from './servers/inspecting.js';
import { LogLevels } from './servers/log-levels.js';
import { Profiles } from './servers/profiles.js';
import { Pushes } from './servers/pushes.js';
import { RemoteCalls } from './servers/remote-calls.js';
import { ServerConfigs } from './servers/server-config.js';
import { ServerLogs } from './servers/server-logs.js';
import { ServerOperations } from './servers/server-operations.js';
import { conditionOf, rowOf } from './servers/server-row.js';
import { TopologyOperations } from './servers/topology-operations.js';
import { Traces } from './servers/traces.js';
import { Users } from './servers/users.js';
import { Adoption } from './supervisor/adoption.js';
import { awakeClock } from './supervisor/awake-clock.js';
import { bootDataFor } from './supervisor/boot-data-for.js';
import { Supervisor } from './supervisor.js';
import { Topology } from './topology.js';

/** Where there is no admin, nobody signs in. */
const usualIdleMs = 30 * 60_000;

/** Where there is no admin, all who ask have the secret of the cluster. */
const noApprovals: ApprovalSettings = { persons: 1, timeoutMs: 0, verbs: [] };

/** What all parts of a master have in common. */
export interface Common {
  readonly options: MasterOptions;
  readonly tenure: Tenure;
  /** For all that others are given time for; leases end by the time that everybody has. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listening: Listening;
  readonly topology: Topology;
  readonly long: LongOperations;
  readonly audit: AuditLog;
  /** Who has servers changed now. */
  readonly acting: Acting;
  /** This master, as others are told of it. */
  leader(): Leader;
}

/** What starts, watches and ends processes. */
export interface Lives {
  readonly runtime: RuntimeNotice;
  readonly leases: MasterLeases;
  readonly blacklist: Blacklisting;
  readonly hub: LinkHub;
  readonly hosts: Hosts;
  readonly supervisor: Supervisor;
  readonly adoption: Adoption;
}

/** What operations are made of. None of these waits for a turn. */
export interface Services {
  readonly servers: ServerOperations;
  readonly draining: Draining;
  readonly logs: ServerLogs;
  readonly claims: Claims;
  readonly changes: TopologyOperations;
  readonly views: FeedOpening;
  readonly hostPages: HostPages;
  readonly configs: ServerConfigs;
  readonly profiles: Profiles;
  readonly users: Users;
  readonly traces: Traces;
  readonly pushes: Pushes;
  readonly logLevels: LogLevels;
  readonly remotes: RemoteCalls;
  readonly evaluating: Evaluating;
  readonly inspecting: Inspecting;
  readonly accounts: Accounts;
  readonly approvals: Approvals;
  readonly clocks: HostClocks;
  readonly certificates: Certificates;
  readonly disks: DiskWatch;
}

/** The parts of a master. */
export type MasterParts = Common & Lives & Services;

/**
 * Builds the parts of a master: what all have in common, then what processes live by, then what operators ask for. Each knows those before
 * it; `onOperator`, which is made of all of them, is asked when somebody is let in.
 */
export function createMasterParts(options: MasterOptions, onOperator: OperatorHandler): MasterParts {
  const common = createCommon(options);
  const lives = createLives(common, onOperator);
  return { ...common, ...lives, ...createServices(common, lives) };
}

function createCommon(options: MasterOptions): Common {
  const { config, topologyChanges, clock: given = systemClock, logger = silentLogger } = options;
  const { tenure = soleTenure(0), journal = new FileJournal(config.root, config.env) } = options;
  const clock = awakeClock(given);
  const topology = new Topology(config, topologyChanges);
  const listening = new Listening(options, () => hostsOf(topology.config));
  const self = { pid: process.pid, hostName: hostname(), term: tenure.term };
  const leader = () => ({ ...listening.address, ...self });
  const writer = tenure.sole ? {} : { writer: () => showLeader(leader()) };
  return {
    options,
    tenure,
    clock,
    logger,
    listening,
    topology,
    long: new LongOperations({ journal, clock, logger, wallTime: Date.now }),
    audit: new AuditLog({ root: config.root, wallTime: Date.now, ...writer }),
    acting: new Acting(clock),
    leader,
  };
}

function createLives(common: Common, onOperator: OperatorHandler): Lives {
  const { options, tenure, listening, topology, clock, logger, leader } = common;
  const { config, keys, bootScript, agentScript, buildId, print, adoptMs: joinMs } = options;
  const { root, env } = config;
  const plain = { root, clock: options.clock ?? systemClock, logger };
  const state = () => (listening.isOpen ? runtimeState(listening.address, env, supervisor) : undefined);
  const runtime = new RuntimeNotice({ ...plain, state });
  const leases = new MasterLeases({ ...plain, kept: options.leases });
  const { term } = tenure;
  const hosts = new Hosts({
    config: () => topology.config,
    leader: () => showLeader(leader()),
    leaderAt: () => listening.address,
    ...{ bootScript, agentScript, buildId, print, term, clock, logger },
  });
  const hub = createHub(common, onOperator, {
    settingsOf: (id) => {
      const settings = topology.settingsOf(id, supervisor.running(id));
      return settings && hosts.settingsFor(settings);
    },
    onServer: (id, bootId, command, args) => leases.serve(id, bootId, command, args),
    blacklist: () => blacklist.words(),
  });
  const { blacklist: keeper = new BlacklistFile(root, env) } = options;
  const blacklist = new Blacklisting({ keeper, hub, wallTime: Date.now });
  leases.follow(hub);
  const supervisor = createSupervisor(common, hub, hosts, () => runtime.write());
  const secretIsNew = () => isAbrupt(root, keys.names);
  const adoption = new Adoption({ hosts, supervisor, secretIsNew, term, joinMs, clock, logger });
  return { runtime, leases, blacklist, hub, hosts, supervisor, adoption };
}

type OfServers = Pick<ConstructorParameters<typeof LinkHub>[0], 'settingsOf' | 'onServer' | 'blacklist'>;

function createHub(
  { options, tenure, topology, clock, logger }: Common,
  onOperator: OperatorHandler,
  ofServers: OfServers,
): LinkHub {
  const { config, keys, serving = (handler) => handler } = options;
  const { heartbeatMs, heartbeatTimeoutMs: deadMs } = config.master;
  return new LinkHub({
    ...ofServers,
    keysOf: (id) => keys.ofServer(id),
    serverIds: () => topology.servers.map(({ id }) => id),
    onOperator: serving(onOperator),
    term: tenure.term,
    leads: () => tenure.holds(),
    ...{ heartbeatMs, deadMs, clock, logger },
  });
}

function createSupervisor(common: Common, hub: LinkHub, hosts: Hosts, onKeptChanged: () => void): Supervisor {
  const { options, tenure, topology, listening, clock, logger } = common;
  const { random, config } = options;
  const { term } = tenure;
  return new Supervisor({
    servers: topology.servers,
    leads: () => tenure.holds(),
    bootData: (id, bootId) => bootDataFor(options, { id, bootId, address: listening.address, term }),
    timing: () => topology.config.master,
    hangMs: 3 * config.master.heartbeatTimeoutMs,
    ...{ hub, hosts, onKeptChanged, clock, logger },
    ...(random && { random }),
  });
}

function createServices(common: Common, lives: Lives): Services {
  const { options, topology, clock, tenure, listening, long, audit, logger } = common;
  const { hub, hosts, supervisor, adoption, runtime } = lives;
  const { root, env, master } = options.config;
  const { measures } = hub;
  measures.make(auditMeasures.auditUnwritten, { read: () => audit.unwritten });
  const accounts = new Accounts({
    ...{ root, env, clock, measures, logger },
    records: new AccountRecords(common),
    keeper: options.accounts,
    wallTime: Date.now,
    roles: () => topology.config.master.admin?.roles ?? {},
    groupRoles: () => topology.config.master.admin?.oidc?.roles ?? [],
    idleMs: () => topology.config.master.admin?.idleTimeout ?? usualIdleMs,
    secondFactor: () => topology.config.master.admin?.secondFactor ?? usualSecondFactor(env),
  });
  const pushes = new Pushes(hub);
  const certificates = new Certificates();
  const clocks = new HostClocks({
    clock,
    servers: () =>
      supervisor.records
        .filter(({ id, bootId }) => bootId !== undefined && hub.isLinked(id, bootId))
        .map(({ id, entry: { host } }) => ({ id, host })),
    ask: (ids) => {
      const asked = new Set(ids);
      const rows = supervisor.records
        .filter(({ id }) => asked.has(id))
        .map((record) => rowOf(record, hub, clock.now()));
      return hostFacts(hub, rows, Date.now);
    },
  });
  const disks = new DiskWatch({ root, keeps: ['logs', 'state'], measures, clock });
  const notes = new ConfigNotes({ master: master.id, wallTime: Date.now });
  const views = new FeedOpening({
    certificates: () => certificates.all,
    clocks: () => clocks.all,
    host: master.host,
    disks: () => disks.all,
    store: () => options.sharedStore,
    ...{ hub, env, clock, shutsOut: lives.blacklist.shutsOut },
    records: () => supervisor.records,
    operations: () => long.rows,
    configured: () => notes.all,
    actingOn: (id) => common.acting.on(id),
    counts: () => ({ signInFailures: accounts.signInFailures, auditUnwritten: audit.unwritten }),
    leader: () => ({ id: master.id, host: listening.address.host, term: tenure.term }),
    wallTime: Date.now,
  });
  return {
    certificates,
    clocks,
    disks,
    servers: new ServerOperations({
      ...{ hub, supervisor, adoption, clock },
      readiness: new HostReadiness(hosts, supervisor),
      hooksMs: () => topology.config.settings.lifecycle.timeoutMs,
      entries: () => topology.servers,
    }),
    draining: new Draining({ hub, supervisor, clock, onChanged: () => runtime.write() }),
    logs: new ServerLogs({
      ...{ hub, root, clock },
      entryOf: (id) => topology.get(topology.select({ ids: [id] })[0]!)!,
      readOnHost: ({ id, host }, request) => hosts.get(host).readLog(id, request),
    }),
    claims: new Claims({
      ...{ hub, clock },
      records: () => supervisor.records,
      joinMs: () => topology.config.master.startTimeoutMs,
    }),
    changes: new TopologyOperations({
      ...{ topology, supervisor, hub, clock },
      noteChange: (change) => notes.note(change),
      requireStartable: (servers) => hosts.requireAble(servers),
      locate: (servers) => hosts.locate(servers.map(({ host }) => host)),
    }),
    configs: new ServerConfigs({
      ...{ topology, supervisor, shown: redactedValue },
      secretFrom: options.secretFrom,
    }),
    profiles: new Profiles(hub),
    users: new Users(hub),
    traces: new Traces(hub, clock),
    pushes,
    logLevels: new LogLevels(hub),
    accounts,
    approvals: new Approvals({
      clock,
      wallTime: Date.now,
      settings: () => topology.config.master.admin?.approvals ?? noApprovals,
    }),
    remotes: new RemoteCalls(hub, clock),
    inspecting: new Inspecting(hub, pushes),
    evaluating: new Evaluating(hub, () => topology.config.master.allowEval ?? env === 'development'),
    views,
    hostPages: new HostPages({
      ...{ hosts, clock },
      select: (selection) => topology.select(selection),
      rows: () => supervisor.records.map((record) => conditionOf(record, hub, clock.now())),
      problems: async () => (await views.open()).problems,
    }),
  };
}
