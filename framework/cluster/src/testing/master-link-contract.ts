import type { ServerHandler } from '../hub/hub-options.js';
import type { ServerSettings } from '../settings-types.js';
import { blacklistCases, blacklistLineCases } from './master-link/blacklist-cases.js';
import { type ContractMaster, MasterLinkBench } from './master-link/contract-master.js';
import { endingCases } from './master-link/ending-cases.js';
import { lineCases } from './master-link/line-cases.js';
import { answersOfMaster, questionCases } from './master-link/question-cases.js';
import { registryCases } from './master-link/registry-cases.js';
import { contractServers, serverSettingsOf } from './master-link/servers.js';
import { tellingCases } from './master-link/telling-cases.js';

export type { ContractMaster } from './master-link/contract-master.js';

/** One thing a link to the master must do. */
export interface MasterLinkCase {
  readonly title: string;
  run(): Promise<void>;
}

/** What {@link masterLinkContract} needs to know. */
export interface MasterLinkContractOptions {
  /** Begins a master of these servers, which answers their questions by `onServer`. */
  open(servers: readonly ServerSettings[], onServer: ServerHandler): ContractMaster | Promise<ContractMaster>;
  /** Whether a link can lose its line; without, the cases about that are left out. @default true */
  readonly losesLine?: boolean;
}

/**
 * What every `MasterLink` must do, as cases for any test runner.
 *
 * @example for (const { title, run } of masterLinkContract({ open })) it(title, run);
 */
export function masterLinkContract({ open, losesLine = true }: MasterLinkContractOptions): MasterLinkCase[] {
  const always = [...tellingCases, ...registryCases, ...questionCases, ...blacklistCases, ...endingCases];
  return [...always, ...(losesLine ? [...lineCases, ...blacklistLineCases] : [])].map(([title, run]) => ({
    title,
    run: async () => {
      const servers = contractServers.map((id) => serverSettingsOf(id));
      const master = await open(servers, answersOfMaster);
      try {
        await run(new MasterLinkBench(master));
      } finally {
        await master.close();
      }
    },
  }));
}
