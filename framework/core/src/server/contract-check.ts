import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';

/** What a reload says of the contract: nothing to compare, as it was, or other without breaking anything. */
export type ContractStanding = 'unknown' | 'same' | 'compatible' | 'broken';

/** The game's contract with its clients, `config/contract.json`, as of the code that runs. */
export class ContractCheck {
  readonly #file: string;
  #text: string | undefined;

  constructor(root: string) {
    this.#file = join(root, 'config', 'contract.json');
  }

  /** Takes the file as the contract of the code that runs now. */
  remember(): void {
    this.#text = this.#read();
  }

  /**
   * Compares the file with the contract of the running code.
   *
   * @throws RELOAD_BREAKS with every promise that is broken, unless `force`
   */
  async check(force: boolean): Promise<ContractStanding> {
    const now = this.#read();
    if (this.#text === undefined || now === undefined) return 'unknown';
    if (now === this.#text) return 'same';
    // Loaded when it is needed: most servers never compare contracts.
    const { diffContracts, parseContract } = await import('@pomelo-ts/common/contract');
    const { parseJson } = await import('@pomelo-ts/common/config');
    const [old, next] = [this.#text, now].map((text) =>
      parseContract(parseJson(text, this.#file), this.#file),
    );
    const broken = diffContracts(old!, next!).filter(({ breaking }) => breaking);
    if (broken.length === 0) return 'compatible';
    if (force) return 'broken';
    const problems = broken.map(({ path, what }) => `  ${path}: ${what}`).join('\n');
    throw new PomeloError('RELOAD_BREAKS', { count: broken.length, problems });
  }

  /** Undefined when there is none: `pomelo-ts gen` writes it. */
  #read(): string | undefined {
    try {
      return readFileSync(this.#file, 'utf8');
    } catch {
      return undefined;
    }
  }
}
