import { commandLine } from './cli.js';
import type { Terminal } from './terminal.js';
import { commandNames } from './wrong-call.js';

const silent: Terminal = { out: () => {}, err: () => {}, live: false, colours: false };

const intro = `# Command line

Made from the commands themselves by \`npm run docs\`; do not edit.

| exit code | meaning |
|---|---|
| 0 | fine |
| 1 | something failed |
| 2 | wrong call or bad configuration; nothing was started |
| 130 | interrupted by a second Ctrl-C or SIGTERM, or by a first one while starting |

\`start\` in a folder whose master runs already has that master start what is missing of the chosen servers; when nothing is, it
fails with ALREADY_RUNNING, or with SERVERS_RUN where some were named. In development the servers' lines are shown with their ids
and the servers end with their master. In any other environment, and with \`--daemon\`, each server writes to \`logs/<id>.log\` and
outlives its master; the next \`start\` adopts it.
\`start --daemon\` returns when the cluster is ready or has failed; the master writes to \`logs/master.log\` and its pid to
\`.pomelo-ts/master.pid\`.

Ctrl-C, SIGTERM and SIGHUP stop a cluster in order, also one inside one process (\`--single\`); a second Ctrl-C or SIGTERM kills
what is left of it. Servers that never were ready get a second to stop, the others the \`stopTimeout\` of master.json.

Commands that change something wait for those before them that work on the same servers, and say for what; others go side by side.
\`config reload\` and \`secret reload\` wait for all, and all wait for them. A \`stop\` of everything does not wait: while another command
is under way it fails with MASTER_BUSY, as does every command while everything is stopped. \`kill\` always works.

A \`restart\` and a \`reload\` are operations with a number: they go on when the command that began them ends, and in the next master
when theirs ends. \`operations\` shows them.
`;

/** The reference page of the command line, in Markdown. */
export async function cliReference(): Promise<string> {
  const sections = [`## pomelo-ts\n\n${await help([])}`];
  for (const command of commandNames) sections.push(`## ${command}\n\n${await help(command.split(' '))}`);
  return [intro, ...sections].join('\n');
}

async function help(command: readonly string[]): Promise<string> {
  let text = '';
  await commandLine([...command, '--help'], silent, () => {}).parseAsync(
    [...command, '--help'],
    {},
    (_, __, output) => {
      text = output;
    },
  );
  return `\`\`\`text\n${text.trim()}\n\`\`\`\n`;
}
