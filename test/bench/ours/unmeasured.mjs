// Given to a server by --import: its measures are made, told and sent, but whatever counts or times does nothing.
import { Measures } from '@pomelo-ts/common';

const measures = new Measures();
const help = 'Made for its class.';
const nothing = () => {};
for (const kind of /** @type {const} */ (['counter', 'gauge', 'histogram'])) {
  const handle = measures.make({
    kind,
    name: `bench.${kind}`,
    help,
    ...(kind === 'histogram' && { unit: 'seconds' }),
  });
  const prototype = Object.getPrototypeOf(handle);
  for (const method of ['add', 'set', 'observe']) {
    if (method in prototype) Object.defineProperty(prototype, method, { value: nothing });
  }
}
