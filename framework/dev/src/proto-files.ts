import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson5 } from '@pomelo-ts/common/config';
import type { Contract } from '@pomelo-ts/common/contract';
import type { GeneratedFile } from './generate.js';
import { type LeftAsJson, makeProtos } from './protos.js';

/** The files of protos, and what an owner should know of them. */
export interface ProtoFiles {
  readonly files: readonly GeneratedFile[];
  readonly left: readonly LeftAsJson[];
  /** Files that a server would read instead of those written here. */
  readonly inTheWay: readonly string[];
}

/** clientProtos.json and serverProtos.json for `folder`. What lies there already, JSON5 too, gives its numbers to the new ones. */
export function protoFiles(folder: string, contract: Contract): ProtoFiles {
  const known = { clientProtos: read(folder, 'clientProtos'), serverProtos: read(folder, 'serverProtos') };
  const { left, ...protos } = makeProtos(contract, known);
  return {
    files: Object.entries(protos).map(([name, messages]) => ({
      path: join(folder, `${name}.json`),
      text: `${JSON.stringify(messages, null, 2)}\n`,
    })),
    left,
    inTheWay: Object.keys(protos)
      .map((name) => join(folder, `${name}.json5`))
      .filter((file) => existsSync(file)),
  };
}

function read(folder: string, name: string): unknown {
  const file = ['.json', '.json5']
    .map((ending) => join(folder, name + ending))
    .find((path) => existsSync(path));
  return file === undefined ? undefined : readJson5(file);
}
