import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { agentCommand, agentProgram } from '../../src/hosts/agent-command.js';

/** What the command says that a host's shell is given, with these lines on its standard input. */
async function said(shell: readonly string[], ...lines: string[]): Promise<string> {
  const [program, ...words] = shell;
  const env = { ...process.env, HOME: '/' }; // a bash whose input is a socket would read its user's ~/.bashrc
  const child = spawn(program!, [...words, agentCommand], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  await once(child, 'close');
  return text;
}

const shells = [
  ['sh', '-c'],
  ['bash', '-c'],
];

describe('the command that begins a host agent', () => {
  it.each(shells)(
    'is the same for every host, and takes node and program as data in %s',
    async (...shell) => {
      const program = 'console.log(process.argv.length)';
      expect(await said(shell, 'yes', process.execPath, program)).toBe('1\n');
      expect(await said(shell, 'no', '/no/such/node', program)).toBe('1\n'); // the one in PATH
      expect(await said(shell, 'yes', '/no/such/node', program)).toBe('{"missing":"node","got":""}\n');
      expect(await said(shell, 'yes', '$(echo injected >&2)"; echo injected; "', program)).toBe(
        '{"missing":"node","got":""}\n',
      );
    },
  );

  it('runs a program of one line that names what is missing', async () => {
    expect(agentProgram).not.toMatch(/[\n']/);
    const orders = { root: '/', agent: '/no/agent.js', oldest: [20, 0], settings: {} };
    const begin = (more: object) =>
      said(shells[0]!, 'yes', process.execPath, agentProgram, JSON.stringify({ ...orders, ...more }));
    expect(JSON.parse(await begin({}))).toMatchObject({ missing: 'framework' });
    expect(JSON.parse(await begin({ root: '/no/folder' }))).toEqual({
      missing: 'directory',
      got: '/no/folder',
    });
    expect(JSON.parse(await begin({ oldest: [99, 0] }))).toEqual({
      missing: 'node',
      got: `${process.execPath} ${process.versions.node}`,
    });
  });
});
