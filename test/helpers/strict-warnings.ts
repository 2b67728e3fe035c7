/*
 * Runs before the tests of each file: a warning of node that listeners pile up is a leak of ours, and no line to scroll by. It fails the
 * run as an error outside of any test.
 */
const watched = Symbol.for('pomelo-ts.strictWarnings');
const global = globalThis as { [watched]?: boolean };

if (!global[watched]) {
  global[watched] = true; // files of one worker share it
  process.on('warning', ({ name, message, stack }) => {
    if (name !== 'MaxListenersExceededWarning') return;
    throw Object.assign(new Error(message), { name, stack }); // not the warning itself, which holds all listeners
  });
}
