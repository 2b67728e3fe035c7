import type { RegistryView } from '@pomelo-ts/cluster';
import type { ChannelService } from '../channel/channel-service.js';
import type { GateService } from '../gate.js';
import type { Ids } from '../ids.js';
import type { Leases } from '../lease/leases.js';
import type { RpcProxies } from '../remote/rpc-proxies.js';
import type { TypeRouter } from '../routing/type-router.js';
import type { SessionService } from '../session/session-service.js';

/** The parts of a server that exist once it starts. */
export interface RunningParts {
  readonly rpc: RpcProxies;
  readonly channels: ChannelService;
  readonly sessions: SessionService;
  readonly gate: GateService;
  readonly registry: RegistryView;
  readonly router: TypeRouter;
  readonly leases: Leases;
  readonly ids: Ids;
}
