import { PomeloError, reasonOf } from '@pomelo-ts/common';

/** `@pomelo-ts/dev`: what only a developer's machine has. */
export type Developer = typeof import('@pomelo-ts/dev');

/** Loads the tools for developers, for `command`. @throws DEV_PACKAGE_MISSING */
export async function loadDeveloper(command: string): Promise<Developer> {
  try {
    return await import('@pomelo-ts/dev');
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'ERR_MODULE_NOT_FOUND' || !reasonOf(error).includes('@pomelo-ts/dev')) throw error;
    throw new PomeloError('DEV_PACKAGE_MISSING', { command }, { cause: error });
  }
}
