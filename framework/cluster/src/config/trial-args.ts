/*
 * Node takes some options when it reads them and ends by them when it begins to run. These alone are tried by a run of nothing but a look at
 * the game's folder: others have node load code, write files, open ports or wait.
 */
const triable: ReadonlySet<string> = new Set([
  '--stack-size',
  '--max-old-space-size',
  '--max-semi-space-size',
  '--min-semi-space-size',
  '--max-heap-size',
  '--heapsnapshot-signal',
  '--report-signal',
  '--report-on-signal',
  '--permission',
  '--experimental-permission',
  '--allow-addons',
  '--allow-child-process',
  '--allow-fs-read',
  '--allow-fs-write',
  '--allow-wasi',
  '--allow-worker',
  '--icu-data-dir',
  '--openssl-config',
  '--openssl-shared-config',
  '--force-fips',
  '--enable-fips',
  '--jitless',
]);

/** Those of the options, each with its value where that is the next word, that node can be tried with. */
export const triableOf = (options: readonly (readonly string[])[]): readonly string[] =>
  options.filter(([name = '']) => triable.has(name.replace(/=.*$/s, '').replaceAll('_', '-'))).flat();

/**
 * What such a trial runs, as either kind of module: servers read their code from the game's folder, and call that deep at the least while
 * they load.
 */
export const trialCode =
  "(function deep(n) { if (n > 0) deep(n - 1); })(1500); import('node:fs').then((fs) => fs.readdirSync('.'))";
