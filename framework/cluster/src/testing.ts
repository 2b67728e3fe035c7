export {
  type CoordinationStoreCase,
  type CoordinationStoreContractOptions,
  coordinationStoreContract,
} from './testing/coordination-store-contract.js';
