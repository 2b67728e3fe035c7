import { parseArgs } from 'node:util';

/**
 * @typedef {object} BenchOptions
 * @property {boolean} peers
 * @property {boolean} ours
 * @property {string[]} only
 * @property {number} rounds
 * @property {boolean} quick
 * @property {string | undefined} json
 */

/**
 * @param {string[]} args
 * @param {string[]} names scenarios there are
 * @returns {BenchOptions}
 */
export function readOptions(args, names) {
  const { values } = parseArgs({
    args,
    options: {
      peers: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      ours: { type: 'string', default: 'yes' },
    },
  });
  const only = values.only.flatMap((value) => value.split(',')).filter(Boolean);
  for (const name of only) {
    if (!names.includes(name)) throw new Error(`no scenario ${name}; there are ${names.join(', ')}`);
  }
  if (!['yes', 'none'].includes(values.ours)) throw new Error('--ours takes yes or none');
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) throw new Error('--rounds takes 1 to 20');
  return {
    peers: values.peers,
    ours: values.ours === 'yes',
    only,
    rounds,
    quick: values.quick,
    json: values.json,
  };
}
