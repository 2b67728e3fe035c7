import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import { objectOf, textOf } from '../hosts/said.js';

/** What came of code, as Node shows values to people. */
export interface EvaluatedCode {
  /** Whether it gave something or threw it. */
  readonly ended: 'value' | 'error';
  readonly text: string;
}

/** Code that somebody has typed. */
export interface TypedCode {
  readonly code: string;
  /** Lines of the same sitting share the names that they give. */
  readonly sitting?: string;
  readonly timeoutMs: number;
}

/** How long code may keep a server busy at a stretch, in ms: less than what makes its master take it for dead. */
const busyMs = 1000;
/** What a process that hangs has beside its time, in ms. */
const graceMs = 1000;
const mostText = 128 * 1024;

/** Has servers carry out what operators type, where the configuration lets them. */
export class Evaluating {
  readonly #hub: Pick<LinkHub, 'ask'>;
  readonly #isOn: () => boolean;

  /** @param isOn asked each time: an operator may change it */
  constructor(hub: Pick<LinkHub, 'ask'>, isOn: () => boolean) {
    this.#hub = hub;
    this.#isOn = isOn;
  }

  /** @throws EVAL_OFF; SERVER_SILENT when it has not ended in time */
  evaluate(id: string, typed: TypedCode): Promise<EvaluatedCode> {
    if (!this.#isOn()) throw new PomeloError('EVAL_OFF', {});
    const { timeoutMs } = typed;
    const asked = { ...typed, busyMs: Math.min(busyMs, timeoutMs) };
    return this.#hub.ask(id, 'evaluate', asked, timeoutMs + busyMs + graceMs, (answer) => {
      const { ended, text } = objectOf(answer);
      if (ended !== 'value' && ended !== 'error') throw new Error('expected what it has ended with');
      return { ended, text: textOf(text, mostText) };
    });
  }
}
