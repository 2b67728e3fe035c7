import { batch, signal } from '@preact/signals';
import type { OperationInfo, Session } from '../api/answers.js';
import { ask, onSignedOut } from '../api/request.js';
import { tellTime } from './session-time.js';

/** Who is signed in: null for nobody, undefined while that is not known yet. */
export const session = signal<Session | null | undefined>(undefined);

/** What there is to be done, by verb. */
export const operations = signal<readonly OperationInfo[]>([]);

/** Why somebody is not signed in any more, if they were: the code of the server. */
export const endedBy = signal<string | undefined>(undefined);

onSignedOut((code) => signedOut(code));

/** The server knows nothing of the session any more. */
export function signedOut(code: string): void {
  batch(() => {
    // who has come back to a page that was left open elsewhere wants to know, too
    if (session.value || code !== 'NOT_SIGNED_IN') endedBy.value = code;
    session.value = null;
    operations.value = [];
  });
}

/** Somebody was signed out, as the master that they had signed in at is not the one that answers now. */
export function masterChanged(): void {
  endedBy.value = 'MASTER_CHANGED';
}

/** Asks the server who is signed in. @throws ApiError when it cannot be asked */
export async function loadSession(): Promise<void> {
  try {
    await enter(await ask<{ session: Session }>('GET', 'session'));
  } catch (error) {
    if (session.value !== null) throw error;
  }
}

/** @throws ApiError SIGN_IN_REFUSED, SECOND_FACTOR_NEEDED */
export async function signIn(name: string, password: string, code?: string): Promise<void> {
  await enter(await ask('POST', 'session', { name, password, ...(code && { code }) }));
}

/** The name of the account that a link is for. @throws ApiError SETUP_LINK_OVER */
export async function invitedBy(token: string): Promise<string> {
  return (await ask<{ name: string }>('POST', 'setup/name', { token })).name;
}

/** Sets the password of an account that was just made, or whose password is to be another. @throws ApiError SETUP_LINK_OVER */
export async function setUp(token: string, password: string): Promise<void> {
  await enter(await ask('POST', 'setup', { token, password }));
}

/** Signs out, here and at the server. */
export async function signOut(): Promise<void> {
  await ask('DELETE', 'session');
  batch(() => {
    endedBy.value = undefined;
    session.value = null;
    operations.value = [];
  });
}

/** A session that the server has just told. */
export async function enter({ session: told }: { readonly session: Session }): Promise<void> {
  const mayDo = await ask<{ operations: readonly OperationInfo[] }>('GET', 'operations');
  batch(() => {
    operations.value = mayDo.operations;
    session.value = told;
    tellTime(told, Date.now());
    endedBy.value = undefined;
  });
}

/** Whether whoever is signed in may do that. */
export const may = (verb: string): boolean =>
  operations.value.some((one) => one.verb === verb && one.allowed);
