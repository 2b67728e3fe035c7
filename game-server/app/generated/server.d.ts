// Written by `pomelo-ts gen` from the types of the game. Do not edit: change those, and run it again.
import type { RemoteOf } from '@pomelo-ts/core';
import type { Pushes as DeclaredPushes } from '../contract.js';

declare module '@pomelo-ts/core' {
  interface Remotes {
    chat: {
      chatRemote: RemoteOf<typeof import('../servers/chat/remote/chatRemote.js').default>;
    };
  }

  interface Pushes extends DeclaredPushes {}
}
