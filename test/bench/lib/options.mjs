import { parseArgs } from 'node:util';

/**
 * @typedef {object} BenchOptions
 * @property {boolean} peers
 * @property {boolean} ours
 * @property {boolean} unmeasured
 * @property {string[]} only
 * @property {number} rounds
 * @property {boolean} quick
 * @property {string | undefined} json
 */

/** @param {string[]} names */
const helpOf = (names) => `npm run bench -- [--only NAME,…] [--quick] [--rounds 3] [--peers] [--unmeasured]
              [--ours yes] [--json FILE]

Measures beside a bare program of ws and net in the same run; test/bench/README.md says how to read the table.
  --only    scenarios: ${names.join(', ')} (all)
  --quick   short measures, one round
  --rounds  how often each is measured, 1 to 20 (3)
  --peers   pinus and pomelo, too
  --unmeasured  pomelo-ts without its measures, too
  --ours    none leaves pomelo-ts out (yes)
  --json    a file for all figures
`;

/**
 * The options; a call for help, or one that is wrong, ends the process with a text.
 *
 * @param {string[]} args
 * @param {string[]} names scenarios there are
 * @returns {BenchOptions}
 */
export function readOptions(args, names) {
  try {
    const options = parse(args, names);
    if (options !== 'help') return options;
    process.stdout.write(helpOf(names));
    return process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${helpOf(names)}`);
    return process.exit(2);
  }
}

/**
 * @param {string[]} args
 * @param {string[]} names
 * @returns {BenchOptions | 'help'}
 */
function parse(args, names) {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      peers: { type: 'boolean', default: false },
      unmeasured: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      ours: { type: 'string', default: 'yes' },
    },
  });
  if (values.help) return 'help';
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
    unmeasured: values.unmeasured,
    only,
    rounds,
    quick: values.quick,
    json: values.json,
  };
}
