import type { AgentMethod } from './agent-messages.js';

type Shape = (value: unknown) => boolean;

const isText: Shape = (value) => typeof value === 'string';
const isNumber: Shape = (value) => typeof value === 'number' && Number.isFinite(value);
const isTruth: Shape = (value) => typeof value === 'boolean';
const maybe =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || value === null || shape(value);
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const having =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, shape]) => shape((value as Record<string, unknown>)[name]));

const lines = listOf(isText);

const facts = having({
  ...{ node: isText, buildId: isText, platform: isText, taskset: isTruth },
  ...{ cpus: isNumber, memoryBytes: isNumber, openFiles: maybe(isNumber), time: isNumber },
  disks: listOf(having({ folder: isText, freeBytes: isNumber, unwritable: maybe(isText) })),
});

const end = having({
  exit: having({
    ...{ code: maybe(isNumber), signal: maybe(isText), reason: maybe(isText) },
    ...{ oom: maybe(isTruth), unreached: maybe(isTruth) },
  }),
  lines,
});

/** What each order is answered with. */
const answers: Readonly<Record<AgentMethod, Shape>> = {
  launch: isNumber,
  left: listOf(having({ id: isText, bootId: isText, pid: isNumber, start: maybe(isText) })),
  ended: end,
  acting: maybe(
    having({ leader: isText, silentMs: isNumber, at: maybe(having({ host: isText, port: isNumber })) }),
  ),
  elsewhere: listOf(having({ id: isText, pid: isNumber, root: isText, port: isNumber })),
  kill: () => true,
  ping: () => true,
  lastLines: lines,
  readLog: having({ lines, next: having({}), more: isTruth }),
  facts,
};

/**
 * Whether this is what an agent answers. A host that somebody else has taken over may say anything, and none of it shall cost more than that
 * host.
 */
export const isAnswerTo = (method: AgentMethod, value: unknown): boolean => answers[method](value);

/** Whether this is what an agent fails with. */
export const isFailure: Shape = having({ message: isText, code: maybe(isText), facts: maybe(having({})) });
