import type { OperatorRole, Principal, ServerEntry } from '@pomelo-ts/cluster';
import { type LogFacts, silentLogger } from '@pomelo-ts/common';
import { type Permit, usualPermit } from '../../src/accounts/permit.js';
import { type ApprovalSettings, Approvals } from '../../src/approvals/approvals.js';
import type { AuditEntry } from '../../src/audit/audit-record.js';
import { Hosts } from '../../src/hosts/hosts.js';
import type { OperationJournal } from '../../src/long-operations/journal.js';
import type { KeptOperation } from '../../src/long-operations/kept-operation.js';
import { LongOperations } from '../../src/long-operations/long-operations.js';
import type { Progress } from '../../src/long-operations/progress.js';
import type { Asks } from '../../src/operations/asks.js';
import type { Commanded } from '../../src/operations/commanded.js';
import { Conduct } from '../../src/operations/conduct.js';
import { Serving } from '../../src/operations/serve.js';
import { HostReadiness } from '../../src/servers/host-readiness.js';
import { ServerOperations } from '../../src/servers/server-operations.js';
import { rowOf } from '../../src/servers/server-row.js';
import { Adoption } from '../../src/supervisor/adoption.js';
import { type Bench, quiet } from '../supervisor-bench.js';

/** A journal that outlives the masters of a test, as a file or a store does: as text. */
export class MemoryJournal implements OperationJournal {
  readonly texts = new Map<number, string>();
  /** What was written, in order. */
  readonly written: KeptOperation[] = [];
  fails = false;

  async read(): Promise<readonly KeptOperation[]> {
    return [...this.texts.values()].map((text) => JSON.parse(text) as KeptOperation);
  }

  async write(operation: KeptOperation): Promise<void> {
    if (this.fails) throw new Error('the disk is full');
    this.texts.set(operation.id, JSON.stringify(operation));
    this.written.push(operation);
  }

  async remove(id: number): Promise<void> {
    this.texts.delete(id);
  }
}

const ann = { name: 'ann@desk', via: 'cli' } as const;

/** What operators ask of one master, whose servers are those of `bench`. */
export class ServingBench {
  readonly bench: Bench;
  readonly long: LongOperations;
  readonly serving: Serving;
  readonly lines: (LogFacts & { readonly message: string })[] = [];
  readonly told: Progress[] = [];
  readonly audit: AuditEntry[] = [];
  holds = true;
  /** Of whoever asks. */
  role: OperatorRole = 'admin';
  permit: Permit | undefined;
  principal: Principal = ann;
  asks: Asks | undefined;
  /** Whether whoever asks has not proved lately who they are. */
  unproved = false;
  approvalSettings: ApprovalSettings = { persons: 1, timeoutMs: 600_000, verbs: [] };
  readonly approvals: Approvals;
  /** The parts that operations are made of. */
  readonly master: Commanded;

  private constructor(bench: Bench, journal: OperationJournal) {
    this.bench = bench;
    const { supervisor, hub, clock } = bench;
    const note = (message: string, facts: LogFacts = {}) => void this.lines.push({ message, ...facts });
    const logger = { ...silentLogger, info: note, error: note };
    const config = { root: '/', master: { masters: [], hosts: {} } } as never;
    const hosts = new Hosts({
      config: () => config,
      bootScript: '',
      agentScript: '',
      buildId: 'b',
      clock,
      logger,
    });
    const readiness = new HostReadiness(hosts, supervisor);
    const adoption = new Adoption({
      hosts,
      supervisor,
      term: 0,
      secretIsNew: () => false,
      clock,
      logger: silentLogger,
    });
    const entries = (): readonly ServerEntry[] => supervisor.records.map(({ entry }) => entry);
    this.long = new LongOperations({ journal, clock, logger, wallTime: () => Date.UTC(2026, 0, 1) });
    this.approvals = new Approvals({
      clock,
      wallTime: () => Date.UTC(2026, 0, 1),
      settings: () => this.approvalSettings,
    });
    const master = {
      approvals: this.approvals,
      servers: new ServerOperations({
        hub,
        supervisor,
        readiness,
        adoption,
        clock,
        entries,
        hooksMs: () => 1000,
      }),
      long: this.long,
      list: () => supervisor.records.map((record) => rowOf(record, hub, clock.now())),
      select: ({ ids = [], types = [] }) =>
        entries()
          .filter(
            ({ id, type }) => ids.length + types.length === 0 || ids.includes(id) || types.includes(type),
          )
          .map(({ id }) => id),
    } as Pick<Commanded, 'approvals' | 'servers' | 'long' | 'list' | 'select'> as Commanded;
    this.master = master;
    const conduct = new Conduct({ clock, logger, audit: { append: (entry) => this.audit.push(entry) } });
    this.serving = new Serving({ master, long: this.long, conduct, holds: () => this.holds });
  }

  static async open(bench: Bench, journal = new MemoryJournal()): Promise<ServingBench> {
    const serving = new ServingBench(bench, journal);
    await serving.long.open();
    return serving;
  }

  ask(verb: string, args: object = {}, gone = new AbortController().signal): Promise<unknown> {
    const whenRead = (say: () => void) => say();
    const permit = this.permit ?? usualPermit(this.role);
    const asks = this.asks ? { asks: this.asks } : {};
    const call = {
      verb,
      args,
      principal: this.principal,
      permit,
      ...asks,
      unproved: this.unproved,
      gone,
      whenRead,
    };
    return this.serving.operate(call, (event) => this.told.push(event));
  }

  goOn(): void {
    for (const operation of this.long.takeUp()) void this.serving.goOn(operation);
  }

  /** Lets time pass until `done`. */
  async until(done: () => boolean): Promise<void> {
    for (let n = 0; n < 400 && !done(); n++) {
      await quiet();
      if (!done()) await this.bench.pass(250);
    }
    if (!done()) throw new Error('it did not come to that');
  }
}
