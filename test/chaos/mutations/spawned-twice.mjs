/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'no server runs twice',
  reason: 'A second process is begun for each server.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/master/src/processes/spawned-process.ts',
      find: '    output.attach(child.stdout, child.stderr);',
      replace: `    output.attach(child.stdout, child.stderr);
    spawn(command!, args, { cwd: root, env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });`,
    },
  ],
};
