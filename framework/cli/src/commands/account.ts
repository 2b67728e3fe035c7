import { hostPort } from '@pomelo-ts/common/internal';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { gameRoot } from '../game.js';
import { paintFor, type Terminal } from '../terminal.js';
import { answered } from '../view/answered.js';
import { escaped, jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';

/** What is done with an account. */
export type AccountOptions = AskedOptions & { readonly name: string; readonly json?: boolean } & (
    | { readonly act: 'add'; readonly role: string }
    | {
        readonly act: 'change';
        readonly role: string | undefined;
        readonly disabled: string | undefined;
      }
    | { readonly act: 'remove' | 'link' }
  );

/** Prints who may sign in to the admin. */
export async function accounts(
  options: AskedOptions & { readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const rows = await withMaster(options, ({ client }) => client.operate('accounts.list', {}));
  const table = rows.map(({ name, role, secondFactor, disabled, invited, lockedUntil, lastSignIn }) => [
    name,
    role,
    disabled ? 'disabled' : lockedUntil !== undefined ? 'locked' : invited ? 'invited' : 'may sign in',
    secondFactor ? 'yes' : 'no',
    lastSignIn === undefined ? '' : new Date(lastSignIn).toISOString(),
  ]);
  if (options.json) terminal.out(jsonText(rows, 2));
  else if (rows.length === 0) terminal.out('there are no accounts');
  else
    terminal.out(
      showTable(['name', 'role', 'state', 'second factor', 'last sign-in'], table, paintFor(terminal)),
    );
  return exitCodes.fine;
}

/** Adds, changes or removes somebody who may sign in. */
export async function account(options: AccountOptions, terminal: Terminal): Promise<number> {
  const { name } = options;
  return withMaster(options, async ({ client, env }) => {
    const address = options.master ?? (await adminAddress(gameRoot(options.directory), env));
    switch (options.act) {
      case 'add':
        return tellLink(
          options,
          linkOf((await client.operate('accounts.add', { name, role: options.role })).token, address),
          terminal,
        );
      case 'link':
        return tellLink(
          options,
          linkOf((await client.operate('accounts.link', { name })).token, address),
          terminal,
        );
      case 'remove':
        await client.operate('accounts.remove', { name });
        answered(options, { answer: { name }, text: `${escaped(name)} may not sign in any more` }, terminal);
        return exitCodes.fine;
      default: {
        const { role, disabled } = options;
        if (role === undefined && disabled === undefined) {
          terminal.err('expected --role or --disabled: what is to change');
          return exitCodes.usage;
        }
        const change = {
          ...(role !== undefined && { role }),
          ...(disabled !== undefined && { disabled: disabled === 'yes' }),
        };
        await client.operate('accounts.change', { name, ...change });
        const text = `${escaped(name)} was changed; whoever was signed in by it has to sign in again`;
        answered(options, { answer: { name, ...change }, text }, terminal);
        return exitCodes.fine;
      }
    }
  });
}

function tellLink(options: AccountOptions, link: string, terminal: Terminal): number {
  const { name } = options;
  const text = `${escaped(name)} sets a password within an hour, by this link, once\n${link}`;
  answered(options, { answer: { name, link }, text }, terminal);
  return exitCodes.fine;
}

const linkOf = (token: string, address: string) => `${address}/#setup=${token}`;

/** Where browsers find the admin by the files of this folder; with a mistake in them the link still has to be told. */
async function adminAddress(root: string, env: string): Promise<string> {
  const { loadClusterConfig } = await import('@pomelo-ts/cluster/config'); // heavy, and only needed here
  try {
    const { admin } = loadClusterConfig({ root, env }).master;
    if (!admin) return '<address of the admin>';
    const { origins, tls, listen, port } = admin;
    return origins[0] ?? `${tls ? 'https' : 'http'}://${hostPort(listen, port)}`;
  } catch {
    return '<address of the admin>';
  }
}
