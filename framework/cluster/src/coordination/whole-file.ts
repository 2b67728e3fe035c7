import { replaceFile } from '@pomelo-ts/common/internal';

/** Replaces the file at once and for good: a crash of the machine leaves the old content or the new one. */
export const writeWhole = (file: string, text: string): void => replaceFile(file, text, { durable: true });
