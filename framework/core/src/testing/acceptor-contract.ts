import type { AcceptorMaker } from '../acceptor.js';
import { boundCases } from './acceptor-contract/bound-cases.js';
import type { DialClient } from './acceptor-contract/client.js';
import { endingCases } from './acceptor-contract/ending-cases.js';
import { ContractFrontend } from './acceptor-contract/frontend.js';
import { greetingCases } from './acceptor-contract/greeting-cases.js';
import { messageCases } from './acceptor-contract/message-cases.js';

export type { ContractClient, DialClient, SentMessage } from './acceptor-contract/client.js';

/** One thing an acceptor must do. */
export interface AcceptorCase {
  readonly title: string;
  run(): Promise<void>;
}

/** What {@link acceptorContract} needs to know. */
export interface AcceptorContractOptions {
  make: AcceptorMaker;
  dial: DialClient;
  /**
   * How long a case waits for one thing that must come, in ms; after that it fails, and says what did not come. Let it be less than the
   * time of your test runner. @default 4000
   */
  patienceMs?: number;
}

const usualPatienceMs = 4000;

/**
 * What every acceptor must do, as cases for any test runner. The acceptor stands at a frontend of the case's own, whose clock
 * stands still unless the case lets it pass.
 *
 * @example for (const { title, run } of acceptorContract({ make, dial })) it(title, run);
 */
export function acceptorContract({
  make,
  dial,
  patienceMs = usualPatienceMs,
}: AcceptorContractOptions): AcceptorCase[] {
  return [...greetingCases, ...messageCases, ...endingCases, ...boundCases].map((one) => ({
    title: one.title,
    run: async () => {
      const frontend = new ContractFrontend(make, dial, one.options ?? {}, patienceMs);
      try {
        await frontend.listen();
        await one.run(frontend);
      } finally {
        await frontend.close();
      }
    },
  }));
}
