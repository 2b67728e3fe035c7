import type { HostDisk, HostMachine, HostPage, HostServer, Problem } from '@pomelo-ts/views';
import * as z from 'zod';
import { count, type Shape, text } from './shape.js';

const number = z.number();

/** One thing that is wrong. */
export const problem = z.strictObject({
  key: text,
  severity: z.enum(['page', 'warn']),
  about: text,
  what: text,
  since: number,
  next: text,
} satisfies Shape<Problem>);

const server = z.strictObject({
  id: text,
  state: text,
  pid: count.exactOptional(),
  cpu: number.exactOptional(),
  memoryBytes: number.exactOptional(),
  up: number.exactOptional(),
  end: text.exactOptional(),
} satisfies Shape<HostServer>);

const disk = z.strictObject({
  folder: text,
  freeBytes: number,
  sizeBytes: number,
  unwritable: text.exactOptional(),
} satisfies Shape<HostDisk>);

const machine = z.strictObject({
  node: text,
  platform: text,
  cpus: count,
  load: z.array(number).readonly(),
  memoryBytes: number,
  freeMemoryBytes: number,
  openFiles: number.exactOptional(),
  disks: z.array(disk).readonly(),
} satisfies Shape<HostMachine>);

/** A host, its servers and what is wrong there. */
export const hostPage: z.ZodType<HostPage> = z.strictObject({
  host: text,
  machine: machine.exactOptional(),
  silent: text.exactOptional(),
  servers: z.array(server).readonly(),
  total: count,
  problems: z.array(problem).readonly(),
} satisfies Shape<HostPage>);
