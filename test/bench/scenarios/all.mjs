import { broadcast50, broadcast200, broadcast1000 } from './broadcast.mjs';
import {
  echoBackend,
  echoBackendDepth1,
  echoBackendEncrypted,
  echoBackendOpen2000,
  echoFrontend,
} from './echo.mjs';
import { idle10000 } from './idle.mjs';
import { rpcDepth1, rpcDepth1Encrypted, rpcDepth32, rpcDepth256, rpcDepth256Encrypted } from './rpc.mjs';
import { startStop6, startStop20 } from './start-stop.mjs';

/** In the order of the table. */
export const scenarios = [
  echoFrontend,
  echoBackend,
  echoBackendEncrypted,
  echoBackendOpen2000,
  echoBackendDepth1,
  broadcast50,
  broadcast200,
  broadcast1000,
  rpcDepth1,
  rpcDepth32,
  rpcDepth256,
  rpcDepth1Encrypted,
  rpcDepth256Encrypted,
  idle10000,
  startStop6,
  startStop20,
];
