import { type Logger, systemClock } from '@pomelo-ts/common';
import { foldingLogger } from '@pomelo-ts/common/internal';
import { buildIdOf, Master, type Progress, soleTenure } from '@pomelo-ts/master';
import { holdRoot, soleTerm } from '@pomelo-ts/master/internal';
import { exitCodes } from '../../failure.js';
import { lineLogger } from '../../line-logger.js';
import { ownPrincipal } from '../../principal.js';
import { serving } from '../../serving.js';
import { hasSharedStore } from '../../shared-store.js';
import { type Paint, paintFor, type Terminal } from '../../terminal.js';
import { type ProgressView, progressView } from '../../view/progress-view.js';
import { startSummary } from '../../view/start-summary.js';
import { type Step, startSteps, stopSteps } from '../../view/steps.js';
import { stopSummary, UnreachedCount } from '../../view/stop-summary.js';
import { count } from '../../view/units.js';
import { HeldLines } from './held-lines.js';
import { masterKeys } from './master-keys.js';
import { hostAgentScript } from './scripts.js';
import { onStopSignals } from './signals.js';
import type { StartAudience, StartPlan } from './start-plan.js';
import { StartedAdmin } from './started-admin.js';

/** Runs the master in this process until it is told to stop. Gives the exit code. */
export async function runMaster(
  plan: StartPlan,
  terminal: Terminal,
  audience?: StartAudience,
): Promise<number> {
  const letGo = holdRoot(plan.config.root); // also where its file cannot be written
  try {
    if (!hasSharedStore(plan.config)) return await runSole(plan, terminal, audience);
    const { runCandidate } = await import('./run-candidate.js'); // only several masters need it
    return await runCandidate(plan, terminal, audience);
  } finally {
    letGo();
  }
}

async function runSole(plan: StartPlan, terminal: Terminal, audience: StartAudience | undefined) {
  const run = new MasterRun(plan, terminal, audience);
  const release = onStopSignals({ first: () => void run.stop(), second: () => void run.kill() });
  try {
    return await run.done();
  } finally {
    release();
  }
}

/** One life of a master on a terminal. */
class MasterRun {
  readonly #plan: StartPlan;
  readonly #terminal: Terminal;
  readonly #audience: StartAudience | undefined;
  readonly #lines: HeldLines;
  readonly #master: Master;
  readonly #ended: Promise<void>;
  readonly #logger: Logger;
  #admin: StartedAdmin | undefined;
  #view: ProgressView | undefined;
  #interrupted = false;
  #killing = false;

  constructor(plan: StartPlan, terminal: Terminal, audience: StartAudience | undefined) {
    this.#plan = plan;
    this.#terminal = terminal;
    this.#audience = audience;
    const { show = asItIs } = plan;
    this.#lines = new HeldLines((line) => terminal.out(show(line)));
    const print = (line: string) => this.#lines.push(line);
    const foreground = plan.config.env === 'development' && !audience;
    const logger = audience?.logger ?? foldingLogger(lineLogger(print), systemClock);
    this.#logger = logger;
    this.#master = new Master({
      config: plan.config,
      ...masterKeys(plan),
      bootScript: plan.bootScript,
      agentScript: hostAgentScript(),
      buildId: buildIdOf(plan.config.root),
      tenure: soleTenure(soleTerm({ root: plan.config.root, logger })),
      exitWithParent: foreground,
      verbose: plan.verbose === true,
      ...(foreground && { print }),
      logger,
    });
    this.#ended = new Promise((resolve) => this.#master.once('shutdown', resolve));
  }

  /** Starts the servers and waits for the end. */
  async done(): Promise<number> {
    try {
      return await this.#whole();
    } finally {
      await this.#admin?.close();
    }
  }

  async #whole(): Promise<number> {
    try {
      await this.#start();
    } catch (error) {
      if (!this.#interrupted) {
        await this.#master.close();
        throw error;
      }
      await this.#ended;
      return exitCodes.interrupted;
    }
    await this.#ended;
    return exitCodes.fine;
  }

  async #start(): Promise<void> {
    const { config, selection } = this.#plan;
    const begun = performance.now();
    const adopted = await this.#master.listen();
    const back = `${count(adopted.length, 'server')} of a former master came back: ${adopted.join(', ')}`;
    if (adopted.length > 0) this.#terminal.out(back);
    const wanted = new Set(this.#master.select(selection).filter((id) => !adopted.includes(id)));
    const ours = this.#master.list().filter(({ id, external }) => wanted.has(id) && !external);
    const steps = startSteps(ours);
    const onProgress = (progress: Progress) => {
      if (!this.#interrupted) this.#view?.onProgress(progress);
      this.#audience?.progress(progress);
    };
    await this.#drawn(steps, () => this.#master.start(selection, onProgress, ownPrincipal()));
    const rows = serving(this.#master.list());
    const facts = { env: config.env, ms: performance.now() - begun, master: config.master };
    const paint = paintFor(this.#terminal);
    const admin = await this.#openAdmin();
    const adminLine = await admin.line(paint, this.#audience ? 'none' : 'any');
    this.#terminal.out(startSummary(rows, facts, paint) + this.#othersLine() + adminLine);
    const where = config.env === 'development' ? '' : 'each writes to logs/<id>.log; ';
    if (!this.#audience) this.#terminal.out(paint('dim', `${where}Ctrl-C stops them`));
    this.#plan.onStarted?.(this.#master, (line) => this.#lines.push(line));
    const toldAdmin = this.#audience ? await admin.line(plain, 'any') : '';
    const summary = startSummary(rows, facts, plain) + this.#othersLine() + toldAdmin;
    this.#audience?.ready(adopted.length > 0 ? `${back}\n${summary}` : summary);
    this.#master.goOn(); // last: the table takes its time to load
  }

  async #openAdmin(): Promise<StartedAdmin> {
    const master = () => this.#master;
    const leader = () => undefined; // there is no other one
    const parts = { config: this.#plan.config, master, leader, logger: this.#logger };
    this.#admin = await StartedAdmin.open(parts);
    return this.#admin;
  }

  /** Names the servers that wait for somebody to run them. */
  #othersLine(): string {
    const others = this.#master.list().filter(({ external, pid }) => external && pid === undefined);
    if (others.length === 0) return '';
    return `\nto be run by others (pomelo-ts run --server …): ${others.map(({ id }) => id).join(', ')}`;
  }

  /** Stops all servers in order and ends. */
  async stop(): Promise<void> {
    this.#interrupted = true;
    await this.#view?.end(true);
    const running = this.#running();
    const unreached = new UnreachedCount();
    const { killed } = await this.#drawn(stopSteps(running), (view) =>
      this.#master.operate(
        'cluster.stop',
        { interrupt: true },
        { principal: ownPrincipal(), onProgress: unreached.watch(view.onProgress) },
      ),
    );
    if (this.#killing) return; // it tells the end
    if (killed.length > 0) this.#terminal.err(`killed after the time to stop was over: ${killed.join(', ')}`);
    this.#terminal.out(
      stopSummary({ total: running.length, killed: killed.length, unreached: unreached.total }),
    );
  }

  /** Ends everything at once. */
  async kill(): Promise<never> {
    this.#killing = true;
    const left = this.#running().length;
    await this.#view?.end(true);
    await this.#master.operate('servers.kill', {}, { principal: ownPrincipal() });
    await this.#master.close();
    this.#lines.release();
    this.#terminal.out(stopSummary({ total: left, killed: left }));
    process.exit(exitCodes.interrupted);
  }

  #running() {
    return this.#master.list().filter(({ pid }) => pid !== undefined);
  }

  /** Does `work` while its progress is shown; lines of servers wait meanwhile. */
  async #drawn<T>(steps: readonly Step[], work: (view: ProgressView) => Promise<T>): Promise<T> {
    if (this.#terminal.live) this.#lines.hold();
    const view = await progressView(steps, this.#terminal);
    this.#view = view;
    let failed = true;
    try {
      const result = await work(view);
      failed = false;
      return result;
    } finally {
      await view.end(failed);
      if (this.#view === view) this.#lines.release();
    }
  }
}

const asItIs = (line: string) => line;
const plain: Paint = (_, text) => text;
