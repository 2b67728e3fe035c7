/** What a process tells operators' machines by HTTP: measures and health. Loaded only where a port for them is configured. */

export { type ExposedMeasure, Exposition, exposed, expositionType } from './measures/exposition.js';
export { addDisks, diskHealth } from './ops/disk-health.js';
export { Health, type HealthFinding, type HealthReport, type HealthStatus } from './ops/health.js';
export { loopHealth } from './ops/loop-health.js';
export { metricsTokenIn } from './ops/metrics-token.js';
export { OpsOpening } from './ops/ops-opening.js';
export { OpsPort, type OpsPortOptions } from './ops/ops-port.js';
