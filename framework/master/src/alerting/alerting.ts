import type { MasterSettings } from '@pomelo-ts/cluster';
import { type Clock, type Logger, type Measures, reasonOf } from '@pomelo-ts/common';
import { secretIn } from '@pomelo-ts/common/internal';
import type { Problem } from '@pomelo-ts/views';
import { AlertReceiver } from './alert-receiver.js';
import { alertShapes } from './alert-shapes.js';
import { alertText } from './alert-text.js';
import { type AlertNews, AlertWatch } from './alert-watch.js';
import { alertingMeasures } from './alerting-measures.js';

/** The `alerts` section of the master's settings. */
export type AlertSettings = NonNullable<MasterSettings['alerts']>;

/** What tells what is wrong, each time that it has looked. */
export interface ToldProblems {
  readonly problems: readonly Problem[];
  onLook(fn: () => void): () => void;
}

/** What {@link Alerting} works with. */
export interface AlertingParts {
  readonly settings: AlertSettings;
  /** Files of addresses and secrets are named from here. */
  readonly root: string;
  readonly env: string;
  readonly measures: Measures;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  wallTime(): number;
}

/** How long a problem that was told must be gone until it is over, in ms. */
const overMs = 30_000;

interface Receiver {
  readonly settings: AlertSettings['receivers'][number];
  readonly url: string;
  readonly secret: string | undefined;
  readonly line: AlertReceiver;
}

/** Sends what is wrong to people, by the thresholds that all who look have: for teams without a Prometheus. */
export class Alerting {
  readonly #parts: AlertingParts;
  readonly #watch: AlertWatch;
  readonly #receivers: readonly Receiver[];
  readonly #stop: () => void;

  constructor(parts: AlertingParts, told: ToldProblems) {
    this.#parts = parts;
    const { afterMs, repeatMs } = parts.settings;
    this.#watch = new AlertWatch({ afterMs, overMs, repeatMs });
    this.#receivers = receiversOf(parts);
    this.#stop = told.onLook(() => this.#look(told.problems));
  }

  /** What was not sent yet is not sent any more. */
  close(): void {
    this.#stop();
    for (const { line } of this.#receivers) line.close();
  }

  #look(problems: readonly Problem[]): void {
    const news = this.#watch.note(problems, this.#parts.clock.now());
    if (news.firing.length + news.over.length + news.lasting.length > 0) this.#send(news);
  }

  #send(news: AlertNews): void {
    const { env, wallTime } = this.#parts;
    for (const { settings, url, secret, line } of this.#receivers) {
      const text = alertText(env, news, settings.severity);
      if (text !== undefined)
        line.send(alertShapes[settings.shape](url, { text, env, news, at: wallTime(), secret }));
    }
  }
}

/** Those whose files can be read; of others it is told, and the master goes on. */
function receiversOf({ settings, root, measures, clock, logger }: AlertingParts): readonly Receiver[] {
  const { alertsSent: sent, alertsUnsent: unsent } = measures.makeAll(alertingMeasures);
  return settings.receivers.flatMap((one) => {
    try {
      // whoever has the address of a robot can speak for it
      const url = one.url ?? secretIn(root, one.urlFile!);
      const secret = one.secretFile === undefined ? undefined : secretIn(root, one.secretFile);
      const name = new URL(url).host;
      return [{ settings: one, url, secret, line: new AlertReceiver({ name, clock, logger, sent, unsent }) }];
    } catch (error) {
      logger.error('Nobody is told of problems at a receiver of alerts.', { reason: reasonOf(error) });
      return [];
    }
  });
}
