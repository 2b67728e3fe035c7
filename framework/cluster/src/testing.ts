export {
  type CoordinationStoreCase,
  type CoordinationStoreContractOptions,
  coordinationStoreContract,
} from './testing/coordination-store-contract.js';
export {
  type ContractMaster,
  type MasterLinkCase,
  type MasterLinkContractOptions,
  masterLinkContract,
} from './testing/master-link-contract.js';
export { type MemoryJoin, MemoryMaster, type MemoryMasterOptions } from './testing/memory-master.js';
