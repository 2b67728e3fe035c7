import { reasonOf, systemClock } from '@pomelo-ts/common';
import { foldingLogger } from '@pomelo-ts/common/internal';
import { buildIdOf, type Leader, MasterCandidate, type TakeOverResult } from '@pomelo-ts/master';
import { showLeader } from '@pomelo-ts/master/internal';
import { openSignedStore } from '../../coordination.js';
import { exitCodes } from '../../failure.js';
import { lineLogger } from '../../line-logger.js';
import { serving } from '../../serving.js';
import { type Paint, paintFor, type Terminal } from '../../terminal.js';
import { escapedLines } from '../../view/escaped.js';
import { plainProgress } from '../../view/plain-progress.js';
import { startSummary } from '../../view/start-summary.js';
import { count } from '../../view/units.js';
import { masterKeys } from './master-keys.js';
import { hostAgentScript } from './scripts.js';
import { onStopSignals } from './signals.js';
import type { StartAudience, StartPlan } from './start-plan.js';
import { StartedAdmin } from './started-admin.js';

/** Runs one of several masters in this process, until it or the whole cluster is told to stop. Gives the exit code. */
export async function runCandidate(
  plan: StartPlan,
  terminal: Terminal,
  audience?: StartAudience,
): Promise<number> {
  const { config, bootScript, selection } = plan;
  const logger =
    audience?.logger ??
    foldingLogger(
      lineLogger((line) => terminal.out(line)),
      systemClock,
    );
  const view = plainProgress(terminal);
  const secret = masterKeys(plan);
  const store = await openSignedStore(config, secret.keys, logger);
  const candidate = await MasterCandidate.open({
    config,
    ...secret,
    resign: (next, take) => store.resign(next.store, take),
    isReadableWith: (next) => store.isReadableWith(next.store),
    bootScript,
    selection,
    verbose: plan.verbose === true,
    agentScript: hostAgentScript(),
    buildId: buildIdOf(config.root),
    store,
    onProgress: (progress) => {
      view.onProgress(progress);
      audience?.progress(progress);
    },
    logger,
  });
  const master = () => candidate.master;
  const admin = await StartedAdmin.open({ config, master, leader: () => candidate.leader, logger });
  try {
    return await new CandidateRun(plan, terminal, { candidate, admin, audience }).done();
  } finally {
    await admin.close();
  }
}

/** Whom a {@link CandidateRun} is about, and who is told of it. */
interface Told {
  readonly candidate: MasterCandidate;
  readonly admin: StartedAdmin;
  readonly audience: StartAudience | undefined;
}

/** One of several masters on a terminal: what it tells, and how it ends. */
class CandidateRun {
  readonly #plan: StartPlan;
  readonly #terminal: Terminal;
  readonly #candidate: MasterCandidate;
  readonly #admin: StartedAdmin;
  readonly #audience: StartAudience | undefined;
  readonly #begun = performance.now();
  #led = false;
  /** Whether another master has led before this one. */
  #stoodBy = false;
  /** Whether it was told how the command that began this went. */
  #answered = false;
  /** What a standby has told last. */
  #last = '';

  constructor(plan: StartPlan, terminal: Terminal, { candidate, admin, audience }: Told) {
    this.#plan = plan;
    this.#terminal = terminal;
    this.#candidate = candidate;
    this.#admin = admin;
    this.#audience = audience;
  }

  async done(): Promise<number> {
    let release = () => {};
    try {
      return await new Promise<number>((resolve, reject) => {
        this.#tell(resolve, reject);
        release = onStopSignals({
          first: () => void this.#leave().then(() => resolve(exitCodes.fine), reject),
          second: () => process.exit(exitCodes.interrupted),
        });
        this.#candidate.begin().catch(reject);
      });
    } finally {
      release();
      await this.#candidate.close();
    }
  }

  #tell(resolve: (code: number) => void, reject: (error: unknown) => void): void {
    const { out, err } = this.#terminal;
    this.#candidate
      .on('waiting', (error) => err(`waits for the coordination store: ${escapedLines(reasonOf(error))}`))
      .on('standby', (leader) => this.#standsBy(leader))
      .on('leads', ({ term }) => {
        out(this.#led ? `this master leads again (term ${term})` : `this master leads (term ${term})`);
        this.#led = true;
        this.#last = '';
      })
      .on('ready', (result) => void this.#ready(result).catch(reject))
      .on('deposed', (reason) =>
        out(`this master leads no more: ${escapedLines(reason)}; servers run on, and it stands by`),
      )
      .on('failed', reject) // one that cannot lead must not keep the others from leading
      .on('shutdown', (leader) => {
        out(`the cluster was stopped${leader ? ` by the master at ${showLeader(leader)}` : ''}`);
        resolve(exitCodes.fine);
      });
  }

  #standsBy(leader: Leader | undefined): void {
    const text = leader
      ? `standby: the master at ${showLeader(leader)} leads`
      : 'standby: no master leads now';
    this.#stoodBy = true;
    if (text !== this.#last) this.#terminal.out(text);
    this.#last = text;
    if (leader) this.#answer(text);
  }

  async #ready({ found, started }: TakeOverResult): Promise<void> {
    const { master } = this.#candidate;
    if (!master) return;
    const back = `${count(found.length, 'server')} taken over${found.length > 0 ? `: ${found.join(', ')}` : ''}`;
    if (found.length > 0 || started.length === 0) this.#terminal.out(back);
    const rows = serving(master.list());
    const { env, master: settings } = this.#plan.config;
    const facts = { env, ms: performance.now() - this.#begun, master: settings };
    const paint = paintFor(this.#terminal);
    const shown = this.#stoodBy ? 'missing' : 'any';
    const admin = await this.#admin.line(paint, this.#audience ? 'none' : shown);
    if (started.length > 0) this.#terminal.out(startSummary(rows, facts, paint) + admin);
    else if (admin !== '') this.#terminal.out(admin.trimStart());
    if (this.#audience && !this.#answered)
      this.#answer(startSummary(rows, facts, plain) + (await this.#admin.line(plain, shown)));
    const ending = 'Ctrl-C ends this master alone; pomelo-ts stop ends the cluster';
    if (!this.#audience) this.#terminal.out(paintFor(this.#terminal)('dim', ending));
  }

  #answer(summary: string): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#audience?.ready(summary);
  }

  /** Servers live on: another master has them at once, or the next one that is started. */
  async #leave(): Promise<void> {
    const running = this.#candidate.master?.list().filter(({ pid }) => pid !== undefined).length ?? 0;
    await this.#candidate.close();
    this.#terminal.out(
      running > 0
        ? `this master has ended; ${count(running, 'server')} run on for the next one (pomelo-ts stop ends a cluster)`
        : 'this master has ended',
    );
  }
}

const plain: Paint = (_, text) => text;
