import type { AcceptorMaker } from '../acceptor.js';
import { boundCases } from './acceptor-contract/bound-cases.js';
import type { DialClient } from './acceptor-contract/client.js';
import { endingCases } from './acceptor-contract/ending-cases.js';
import { ContractFrontend, type FrontendOptions } from './acceptor-contract/frontend.js';
import { greetingCases } from './acceptor-contract/greeting-cases.js';
import { messageCases } from './acceptor-contract/message-cases.js';
import { movingCases } from './acceptor-contract/moving-cases.js';

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
  /** Whether it is a `MovingAcceptor`: the cases of links that are taken apart and adopted are run too. @default false */
  moves?: boolean;
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
  moves = false,
}: AcceptorContractOptions): AcceptorCase[] {
  const open = (options: FrontendOptions) => new ContractFrontend(make, dial, options, patienceMs);
  const ofOne = [...greetingCases, ...messageCases, ...endingCases, ...boundCases].map(
    ({ title, options = {}, run }) => ({
      title,
      run: () => withFrontend(open(options), run),
    }),
  );
  const ofTwo = movingCases.map(({ title, options = {}, run }) => ({
    title,
    run: () =>
      withFrontend(open(options), (old) => withFrontend(open(options), (next) => run({ old, next }))),
  }));
  return moves ? [...ofOne, ...ofTwo] : ofOne;
}

async function withFrontend(
  frontend: ContractFrontend,
  run: (frontend: ContractFrontend) => Promise<void>,
): Promise<void> {
  try {
    await frontend.listen();
    await run(frontend);
  } finally {
    await frontend.close();
  }
}
