import type { ContractFrontend, FrontendOptions } from './frontend.js';

/** A case before it has a frontend. */
export interface ContractCase {
  readonly title: string;
  readonly options?: FrontendOptions;
  run(frontend: ContractFrontend): Promise<void>;
}
