export { type ContractChange, diffContracts } from './contract/diff.js';
export { fitsShape } from './contract/fits.js';
export { parseContract } from './contract/parse.js';
export {
  alternativesOf,
  type Contract,
  contractVersion,
  definitionOf,
  type ErrorContract,
  isAnything,
  type Literal,
  literalsOf,
  type PushContract,
  type RouteContract,
  refTo,
  resolve,
  type Shape,
  type ShapeType,
} from './contract/shape.js';
export { propertyName, typeText } from './contract/type-text.js';
