/**
 * The table of operations itself, for who shows what each does. It loads zod; their types alone are in `@pomelo-ts/master`.
 *
 * @packageDocumentation
 */
export { argumentWord, argumentWords, withWords } from './operations/argument-words.js';
export { type ListedOperation, listedOperations } from './operations/listed.js';
export type { AnyOperation } from './operations/operation.js';
export { operations } from './operations/table.js';
