import { routes } from '../systems/system.mjs';
import { cpuPerRequest, smallCluster, underLoad } from './scenario.mjs';

const saturated = { kind: 'closed-loop', clients: 50, depth: 8 };

/** @param {boolean} quick */
const amount = (quick) => {
  return quick
    ? { warmup: 60_000, requests: 60_000, maxMs: 3000 }
    : { warmup: 60_000, requests: 200_000, maxMs: 12_000 };
};

/** @type {import('./scenario.mjs').Scenario} */
export const echoFrontend = {
  name: 'echo-frontend',
  figures: [{ ...cpuPerRequest, atMostRatio: 1.25 }],
  measure: (system, processes, quick) =>
    underLoad(system, processes, {
      load: 'frontend',
      topology: smallCluster,
      job: { ...saturated, route: routes.frontendEcho, ...amount(quick) },
    }),
};

/** @type {import('./scenario.mjs').Scenario} */
export const echoBackend = {
  name: 'echo-backend',
  figures: [{ ...cpuPerRequest, atMostRatio: 1.4 }],
  measure: (system, processes, quick) =>
    underLoad(system, processes, {
      load: 'backend',
      topology: smallCluster,
      job: { ...saturated, route: routes.backendEcho, ...amount(quick) },
    }),
};

/** As between hosts; the floor sends plain bytes all the same. @type {import('./scenario.mjs').Scenario} */
export const echoBackendEncrypted = {
  name: 'echo-backend-encrypted',
  figures: [cpuPerRequest],
  measure: (system, processes, quick) =>
    underLoad(system, processes, {
      load: 'backend',
      topology: { ...smallCluster, encryption: 'always' },
      job: { ...saturated, route: routes.backendEcho, ...amount(quick) },
    }),
};

/** @type {import('./scenario.mjs').Scenario} */
export const echoBackendDepth1 = {
  name: 'echo-backend-depth-1',
  figures: [{ key: 'p50', label: 'p50 ms' }],
  measure: (system, processes, quick) =>
    underLoad(system, processes, {
      load: 'backend',
      topology: smallCluster,
      job: {
        kind: 'closed-loop',
        clients: 1,
        depth: 1,
        maxMs: quick ? 2000 : 5000,
        route: routes.backendEcho,
        warmup: 5000,
        requests: quick ? 5000 : 15_000,
      },
    }),
};

/** @type {import('./scenario.mjs').Scenario} */
export const echoBackendOpen2000 = {
  name: 'echo-backend-open-2000',
  figures: [
    { ...cpuPerRequest, atMostRatio: 1.3 },
    { key: 'p50', label: 'p50 ms', atMostRatio: 1.3 },
  ],
  measure: (system, processes, quick) =>
    underLoad(system, processes, {
      load: 'backend',
      topology: smallCluster,
      job: {
        kind: 'open-loop',
        clients: 50,
        perSecond: 2000,
        route: routes.backendEcho,
        warmupMs: quick ? 2000 : 3000,
        runMs: quick ? 3000 : 8000,
      },
    }),
};
