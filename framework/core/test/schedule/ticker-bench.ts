import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { coreMeasures } from '../../src/measures.js';
import { type CronListener, CronTicker, type CronTime } from '../../src/schedule/cron-ticker.js';
import { type ClusterCrons, CronService } from '../../src/schedule.js';

/** A fake clock that counts how often a timer is armed. */
class CountedClock extends FakeClock {
  armed = 0;

  override after(ms: number, fn: () => void): () => void {
    this.armed++;
    return super.after(ms, fn);
  }

  override every(ms: number, fn: () => void): () => void {
    this.armed++;
    return super.every(ms, fn);
  }
}

/** A ticker whose time of day begins where the test says, and can be set. */
export class TickerBench {
  readonly clock: FakeClock;
  readonly ticker: CronTicker;
  /** What each cron was told of, by its time: the times of the runs, in ISO. */
  readonly told: string[] = [];
  /** When it was told, in ms since the start. */
  readonly toldAt: number[] = [];
  readonly missed: string[] = [];
  #wall: number;

  constructor(start: string, clock: FakeClock = new CountedClock()) {
    this.clock = clock;
    this.#wall = Date.parse(start) - clock.now();
    this.ticker = new CronTicker({ clock, wallTime: () => this.wallTime() });
  }

  /** How often a timer was armed. */
  get armed(): number {
    return (this.clock as CountedClock).armed;
  }

  wallTime(): number {
    return this.#wall + this.clock.now();
  }

  /** Sets the time of day forward, or back: also what a blocked process sees of the time that it lost. */
  setForward(ms: number): void {
    this.#wall += ms;
  }

  listener(onDue: () => void = () => {}): CronListener {
    return {
      due: (at) => {
        this.told.push(new Date(at).toISOString());
        this.toldAt.push(this.clock.now());
        onDue();
      },
      missed: ({ times, agoMs, madeUp }) => {
        this.missed.push(`${times}, ${Math.round(agoMs / 1000)} s ago${madeUp ? ', made up' : ''}`);
      },
    };
  }

  add(time: string, more: Partial<CronTime> = {}, onDue?: () => void): () => void {
    return this.ticker.add({ time, timezone: 'UTC', lateMs: 15_000, ...more }, this.listener(onDue));
  }
}

/** The crons of one server, which are told of times by a bench. */
export class ServiceBench extends TickerBench {
  readonly #measures = new Measures();
  readonly counters = this.#measures.makeAll(coreMeasures);
  readonly lines: string[] = [];
  readonly runs: string[] = [];
  readonly service: CronService;
  /** What a run does. */
  work: () => unknown = () => {};

  constructor(start: string, clusterCrons?: (bench: ServiceBench) => ClusterCrons, clock?: FakeClock) {
    super(start, clock ?? new CountedClock());
    this.service = new CronService({
      server: { id: 'chat-1' },
      configured: [],
      counters: this.counters,
      logger: {
        ...silentLogger,
        warn: (message, facts) => void this.lines.push(`${message} ${JSON.stringify(facts ?? {})}`),
      },
    });
    const run = (): unknown => {
      this.runs.push(new Date(this.wallTime()).toISOString());
      return this.work();
    };
    this.service.useServices([
      { name: 'clock', file: 'clock.js', hot: true, methods: new Map([['tick', run]]) },
    ]);
    const none: ClusterCrons = () => {
      throw new Error('no cron of this test runs once in the cluster');
    };
    this.service.start(this.ticker, clusterCrons?.(this) ?? none);
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#measures.counts();
  }
}
