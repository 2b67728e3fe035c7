import { signal } from '@preact/signals';
import type { Session } from '../api/answers.js';
import { ApiError, ask } from '../api/request.js';
import { session } from './session-store.js';

/** Set while somebody is asked to prove who they are; called with whether they did. */
export const proofAsked = signal<((proved: boolean) => void) | undefined>(undefined);

/** Carries out a call; when it needs a proof of who asks, that is asked for and the call made again. */
export async function withProof<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'PROOF_NEEDED') throw error;
    if (!(await proved())) throw error;
    return call();
  }
}

function proved(): Promise<boolean> {
  // a second call that needs it meanwhile waits for the same answer
  const before = proofAsked.value;
  return new Promise((resolve) => {
    proofAsked.value = (answer) => {
      proofAsked.value = undefined;
      before?.(answer);
      resolve(answer);
    };
  });
}

/** Proves who is signed in. @throws ApiError when that is no proof */
export async function prove(proof: { readonly password: string; readonly code?: string }): Promise<void> {
  session.value = (await ask<{ session: Session }>('POST', 'session/proof', proof)).session;
  proofAsked.value?.(true);
}
