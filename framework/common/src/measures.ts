/** Counters, gauges and histograms: made at start, bumped by a slot in an array, told as numbers by name. */
export {
  type ClosedLabel,
  checkDefinition,
  exposedName,
  keptShapeOf,
  longestHelp,
  longestLabelValue,
  longestMeasureName,
  type MeasureDefinition,
  type MeasureKind,
  type MeasureOwner,
  type MeasureUnit,
  mostLabelValues,
  mostMeasures,
  mostSlots,
  type OpenLabel,
  otherValue,
  shapeOf,
  snake,
} from './measures/definition.js';
export { Family, type HandleOf, type MeasureRow, type OpenHandles } from './measures/family.js';
export { bucketEdges, Counter, countEdges, Gauge, Histogram, histogramSlots } from './measures/handles.js';
export { addCounts, type HandlesOf, Measures, type MeasureTable } from './measures/measures.js';
