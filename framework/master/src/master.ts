import { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import { LinkHub, type ServerEntry } from '@pomelo-ts/cluster';
import { type Clock, type Logger, silentLogger, systemClock } from '@pomelo-ts/common';
import { watchFiles } from '@pomelo-ts/common/internal';
import { Adoption } from './adoption.js';
import { awakeClock } from './awake-clock.js';
import { bootDataFor } from './boot-data-for.js';
import { Door, doorOptions } from './door.js';
import { type ClaimAnswer, type ClaimRequest, Claims } from './external/claims.js';
import { type HostFacts, hostFacts } from './host-facts.js';
import { HostReadiness } from './host-readiness.js';
import { Hosts } from './hosts/hosts.js';
import { type Leader, showLeader } from './leadership/leader.js';
import { leaderAt, type MasterPlace } from './leadership/leader-at.js';
import { soleTenure, type Tenure } from './leadership/tenure.js';
import { MasterLeases } from './leases/master-leases.js';
import type { MasterEvents, MasterOptions } from './master-options.js';
import { OperationQueue } from './operation-queue.js';
import {
  type Commanded,
  onlyWhileLeading,
  operationName,
  operatorCommands,
  type RestartOptions,
  type Selection,
} from './operator-commands.js';
import { requireAlone } from './other-master.js';
import { commandLineOf } from './processes/process-identity.js';
import { type RekeyResult, rekey } from './rekey.js';
import { Reload, type ReloadOptions, type ReloadRow } from './reload.js';
import type { OutsideServer, RuntimeState } from './runtime-file.js';
import { RuntimeNotice } from './runtime-notice.js';
import { isAbrupt, noteSecretNames } from './secret-names.js';
import { ServerLogs } from './server-logs.js';
import { masterRow, rowOf, type ServerRow } from './server-row.js';
import { tryCode } from './supervisor/code-trials.js';
import type { OnProgress } from './supervisor/progress.js';
import { RollingRestart, type RollingRestartParts } from './supervisor/rolling-restart.js';
import { startableIds } from './supervisor/startable-ids.js';
import { Supervisor } from './supervisor.js';
import type { TopologyChanges } from './topology/topology-file.js';
import { TopologyOperations } from './topology/topology-operations.js';
import { Topology } from './topology.js';

const nothing = () => {};

/**
 * The master: starts the servers of a topology, watches them, and takes commands of operators.
 *
 * @example
 * const master = new Master({ config, keys, bootScript, agentScript, buildId: '1.0.0' });
 * await master.listen();
 * await master.start({}, (progress) => console.log(progress));
 */
export class Master extends EventEmitter<MasterEvents> implements Commanded {
  readonly hub: LinkHub;
  /** Changes which servers there are. */
  readonly changes: TopologyOperations;
  readonly logs: ServerLogs;
  readonly claims: Claims;
  readonly #options: MasterOptions;
  /** For all that others are given time for; leases end by the time that everybody has. */
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #topology: Topology;
  readonly #supervisor: Supervisor;
  readonly #hosts: Hosts;
  readonly #runtime: RuntimeNotice;
  readonly #leases: MasterLeases;
  readonly #operations = new OperationQueue();
  readonly #adoption: Adoption;
  readonly #readiness: HostReadiness;
  readonly #tenure: Tenure;
  #door: Door | undefined;
  #stopFileWatch = nothing;
  #closing: Promise<void> | undefined;

  constructor(options: MasterOptions) {
    super();
    const { config, clock = systemClock, logger = silentLogger } = options;
    const { tenure = soleTenure(0), adoptMs: joinMs } = options;
    const { root } = config;
    this.#options = options;
    const awake = awakeClock(clock);
    this.#clock = awake;
    this.#logger = logger;
    this.#tenure = tenure;
    const topology = new Topology(config, options.topologyChanges);
    this.#topology = topology;
    this.#runtime = new RuntimeNotice({ root, state: () => this.#state, clock, logger });
    this.#leases = new MasterLeases({ root, kept: options.leases, clock, logger });
    this.hub = this.#makeHub();
    this.#leases.follow(this.hub);
    const { bootScript, agentScript, buildId, print } = options;
    const { term } = tenure;
    const ofHosts = { bootScript, agentScript, buildId, print, term, clock: awake, logger };
    const hosts = new Hosts({
      config: () => topology.config,
      leader: () => showLeader(this.leader),
      leaderAt: () => this.address,
      ...ofHosts,
    });
    this.#hosts = hosts;
    const supervisor = this.#makeSupervisor();
    this.#supervisor = supervisor;
    this.#readiness = new HostReadiness(hosts, supervisor);
    const secretIsNew = () => isAbrupt(root, options.keys.names);
    this.#adoption = new Adoption({ hosts, supervisor, secretIsNew, term, joinMs, clock: awake, logger });
    const { hub } = this;
    this.logs = new ServerLogs({
      hub,
      root,
      entryOf: (id) => topology.get(id),
      readOnHost: ({ id, host }, request) => hosts.get(host).readLog(id, request),
    });
    this.claims = new Claims({
      hub,
      clock: awake,
      records: () => supervisor.records,
      joinMs: () => topology.config.master.startTimeoutMs,
    });
    this.changes = new TopologyOperations({
      topology,
      supervisor,
      hub,
      clock: awake,
      requireStartable: (servers) => hosts.prepare(servers),
      locate: (servers) => hosts.locate(servers.map(({ host }) => host)),
      inTurn: (verb, ids, onProgress, work) => this.#inTurn(verb, ids, onProgress, work),
    });
  }

  #makeHub(): LinkHub {
    const { config, keys, serving = (handler) => handler } = this.#options;
    const { heartbeatMs, heartbeatTimeoutMs } = config.master;
    const [tenure, topology] = [this.#tenure, this.#topology];
    return new LinkHub({
      keysOf: (id) => keys.ofServer(id),
      serverIds: () => topology.servers.map(({ id }) => id),
      settingsOf: (id) => {
        const settings = topology.settingsOf(id, this.#supervisor.running(id));
        return settings && this.#hosts.settingsFor(settings);
      },
      onOperator: onlyWhileLeading(tenure, serving(operatorCommands(this))),
      term: tenure.term,
      leads: () => tenure.holds(),
      onServer: (id, bootId, command, args) => this.#leases.serve(id, bootId, command, args),
      heartbeatMs,
      deadMs: heartbeatTimeoutMs,
      clock: this.#clock,
      logger: this.#logger,
    });
  }

  #makeSupervisor(): Supervisor {
    const { random, config } = this.#options;
    const [tenure, topology] = [this.#tenure, this.#topology];
    const factsOf = (id: string, bootId: string) => ({
      id,
      bootId,
      address: this.address,
      term: tenure.term,
    });
    return new Supervisor({
      servers: topology.servers,
      hub: this.hub,
      hosts: this.#hosts,
      leads: () => tenure.holds(),
      bootData: (id, bootId) => bootDataFor(this.#options, factsOf(id, bootId)),
      timing: () => topology.config.master,
      hangMs: 3 * config.master.heartbeatTimeoutMs,
      onOutside: () => this.#runtime.write(),
      clock: this.#clock,
      logger: this.#logger,
      ...(random && { random }),
    });
  }

  /** Where the master listens; the topology's port once {@link listen} has resolved. */
  get address(): { readonly host: string; readonly port: number } {
    const { host, port } = this.#options.config.master;
    return { host, port: this.#door?.port ?? port };
  }

  /**
   * Begins to listen for servers and operators, and finds the servers that a former master has left running.
   * Resolves with the ids of those that have joined this one.
   *
   * @throws PORT_IN_USE; MASTER_LEADS; SERVERS_ELSEWHERE; CONFIG_INVALID when what operators have added does not go with the files any more
   */
  async listen(): Promise<readonly string[]> {
    const { keys, config } = this.#options;
    const { host, port } = config.master;
    const { former } = this.#runtime;
    await this.changes.check();
    await this.#hosts.locate(this.entries.map((entry) => entry.host));
    this.#door = this.#options.door ?? (await Door.open(host, port, doorOptions(this.#options)));
    const others = { hosts: this.#hosts, servers: this.entries, clock: this.#clock };
    const proves = (place: MasterPlace) => leaderAt(place, keys, config.env);
    const unreached = this.#tenure.sole ? await requireAlone({ ...others, leaderAt: proves }) : [];
    this.#door.keptBy((stream, who, from) => this.hub.accept(stream, who, from));
    const { counters } = this.hub;
    this.#stopFileWatch = watchFiles({ clock: this.#clock, logger: this.#logger, counters });
    this.#leases.open();
    for (const { id, bootId } of former?.outside ?? [])
      if (this.#topology.get(id)) this.#supervisor.awaitOutside(id, bootId);
    this.#runtime.write();
    const adopted = await this.#adoption.run(this.entries, unreached);
    noteSecretNames(config.root, keys.names);
    return adopted;
  }

  /**
   * Starts the selected servers that do not run.
   *
   * @throws HOSTS_UNUSABLE or the error of the one host, SERVER_START_FAILED, SERVER_START_TIMEOUT; SERVER_EXTERNAL; MASTER_BUSY when all are being stopped.
   */
  async start(selection: Selection = {}, onProgress: OnProgress = nothing): Promise<readonly string[]> {
    const records = this.select(selection).map((id) => this.#supervisor.record(id));
    const ids = startableIds(records, selection.ids);
    const unusable = await this.#readiness.unusable(ids);
    return this.#inTurn('start', ids, onProgress, async () => {
      this.#adoption.refuseStrays(ids);
      const reachable = this.#readiness.postpone(ids, unusable, onProgress);
      await this.#readiness.warn(reachable, onProgress);
      const started = await this.#supervisor.start(reachable, onProgress);
      this.hub.allStarted();
      return started;
    });
  }

  /** Stops the selected servers; gives the ids of those that had to be killed. @throws MASTER_BUSY as {@link start} */
  async stop(selection: Selection = {}, onProgress: OnProgress = nothing): Promise<readonly string[]> {
    const ids = this.select(selection);
    return this.#inTurn('stop', ids, onProgress, () => this.#supervisor.stop(ids, onProgress));
  }

  /**
   * Restarts the selected servers as {@link RollingRestart} says. Before anything is stopped, servers try the code that their next
   * processes load, unless `trial` is false.
   *
   * @throws as {@link start} for hosts; RESTART_REFUSED, RESTART_FAILED
   */
  async restart(
    selection: Selection = {},
    onProgress: OnProgress = nothing,
    { trial = true, ...how }: RestartOptions = {},
  ): Promise<readonly string[]> {
    const ids = this.select(selection);
    const started = ids.filter((id) => !this.#supervisor.record(id).outside);
    await this.#readiness.require(started); // before anything is stopped
    return this.#inTurn('restart', ids, onProgress, async () => {
      const records = ids.map((id) => this.#supervisor.record(id));
      const tried = records.map((record) => ({ record, args: record.entry.args }));
      if (trial) await tryCode(tried, this.hub, onProgress);
      await new RollingRestart(this.#partsFor(onProgress), how).run(ids);
      return ids;
    });
  }

  /**
   * Has the selected servers that run take their new code into use; see {@link Reload}.
   *
   * @throws SERVER_COMMAND_FAILED, RELOAD_TAKEN_BACK, RELOAD_FAILED; MASTER_BUSY as {@link start}
   */
  async reload(
    selection: Selection = {},
    options: ReloadOptions = {},
    onProgress: OnProgress = nothing,
  ): Promise<readonly ReloadRow[]> {
    const ids = this.select(selection);
    const running = this.entries.filter(
      ({ id }) => ids.includes(id) && this.#supervisor.record(id).state === 'ready',
    );
    return this.#inTurn('reload', ids, onProgress, () =>
      new Reload(this.#partsFor(onProgress), options).run(running),
    );
  }

  #partsFor(onProgress: OnProgress): RollingRestartParts {
    return { hub: this.hub, supervisor: this.#supervisor, clock: this.#clock, onProgress };
  }

  /** Gives a server away to a process that something else starts. @throws SERVER_NOT_IN_TOPOLOGY, MASTER_BUSY */
  claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return this.#inTurn('run', [], nothing, async () => this.claims.claim(request));
  }

  /** Ends the processes of the selected servers at once; gives the ids of those that had one. */
  kill(selection: Selection = {}, onProgress: OnProgress = nothing): Promise<readonly string[]> {
    return this.#supervisor.kill(this.select(selection), onProgress);
  }

  /** The servers of the topology. */
  get entries(): readonly ServerEntry[] {
    return this.#topology.servers;
  }

  /** How each server of the topology is. */
  list(): readonly ServerRow[] {
    return this.#supervisor.records.map((record) => rowOf(record, this.hub, this.#clock.now()));
  }

  /** How this master itself is, with the counts of its links. */
  describe(): ServerRow {
    return masterRow(this.address, { ...this.hub.counters.toJSON(), ...this.#door?.counters.toJSON() });
  }

  /** Takes a secret into use that an operator has changed; see {@link rekey}. */
  rekey(): Promise<RekeyResult> {
    const { keys, rereadKeys: reread, resign } = this.#options;
    const tell = () => {
      noteSecretNames(this.#options.config.root, keys.names);
      return this.hub.rekey();
    };
    const work = () => rekey({ keys, reread, tell, ...(resign && { resign }) });
    return this.#inTurn('change of the secret', [], nothing, work);
  }

  /** What servers that run tell of their hosts. */
  hosts(): Promise<readonly HostFacts[]> {
    return hostFacts(this.hub, this.list(), Date.now);
  }

  /** The ids that a selection means. @throws SERVER_NOT_IN_TOPOLOGY */
  select(selection: Selection): readonly string[] {
    return this.#topology.select(selection);
  }

  /**
   * Stops all servers and then this master; gives the ids of those that had to be killed.
   *
   * @throws MASTER_BUSY while servers start, stop or restart, unless these may be interrupted.
   */
  async shutdown(onProgress: OnProgress = nothing, { interrupt = false } = {}): Promise<readonly string[]> {
    this.#operations.beginLast('stop of all servers and the master', interrupt);
    const killed = await this.#supervisor.stop(this.select({}), onProgress);
    setImmediate(() => void this.close().then(() => this.emit('shutdown'))); // the answer goes first
    return killed;
  }

  /** Ends this master. Servers that run live on and wait for the next one. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (this.#door) this.#runtime.remove(); // without a door it is another master's
      const running = this.#supervisor.records.some(({ process }) => process);
      void this.#leases.close(!running && this.hub.registry.all.length === 0);
      this.#stopFileWatch();
      this.hub.close();
      this.#hosts.close();
      if (this.#door && !this.#options.door) void this.#door.close().then(resolve);
      else resolve();
    });
    return this.#closing;
  }

  /** Ends this master, which does not lead any more: what it was doing is given up, and no process is touched. */
  depose(): Promise<void> {
    this.#supervisor.abandon();
    return this.close();
  }

  /** The servers that should run and that the master has to start. */
  get wanted(): readonly string[] {
    return this.#supervisor.wanted;
  }

  /** The servers that run and that something else has started. */
  get outside(): readonly OutsideServer[] {
    return this.#supervisor.outside;
  }

  /** What operators have changed about which servers there are. */
  get topologyChanges(): TopologyChanges {
    return this.#topology.changes;
  }

  get env(): string {
    return this.#options.config.env;
  }

  /** This master, as others are told of it. */
  get leader(): Leader {
    return { ...this.address, pid: process.pid, hostName: hostname(), term: this.#tenure.term };
  }

  #inTurn<T>(verb: string, ids: readonly string[], onProgress: OnProgress, work: () => Promise<T>) {
    const name = operationName(verb, ids, this.entries.length);
    return this.#operations.run(name, work, (operation) => onProgress({ kind: 'waiting', operation }));
  }

  /** What commands of operators and the next master are told of this one, while it listens. */
  get #state(): RuntimeState | undefined {
    if (!this.#door || this.#closing !== undefined) return undefined;
    const own = { pid: process.pid, commandLine: commandLineOf(process.pid) };
    return { ...own, ...this.address, env: this.env, outside: this.outside };
  }
}
