export { FakeClock } from '@pomelo-ts/common/testing';
export {
  type AcceptorCase,
  type AcceptorContractOptions,
  acceptorContract,
  type ContractClient,
  type DialClient,
  type SentMessage,
} from './testing/acceptor-contract.js';
export { type ExpectPushOptions, expectPush } from './testing/expect-push.js';
export { MemoryAcceptor, type MemorySocket } from './testing/memory-acceptor.js';
export type { MemoryWire } from './testing/memory-wire.js';
export { type SettingsChange, startCluster, type TestClusterOptions } from './testing/start-cluster.js';
export type { PushLog, PushMatch, ReceivedPush } from './testing/test-client.js';
export type { ConnectOptions, InjectOptions, TestClient, TestCluster } from './testing/test-cluster.js';
