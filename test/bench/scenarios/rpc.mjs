/**
 * Calls between two servers and nothing else.
 *
 * @param {number} depth calls in flight
 * @param {number} calls
 * @param {import('./scenario.mjs').Figure[]} figures
 * @returns {import('./scenario.mjs').Scenario}
 */
function rpcAtDepth(depth, calls, figures) {
  return {
    name: `rpc-depth-${depth}`,
    figures,
    measure: (system, processes, quick) => {
      const measuredCalls = quick ? calls / 4 : calls;
      return system.rpc(processes, {
        depth,
        calls: measuredCalls,
        warmup: calls / 4,
        maxMs: quick ? 2000 : 8000,
      });
    },
  };
}

const cpuPerCall = { key: 'cpuUs', label: 'CPU us/call' };

export const rpcDepth1 = rpcAtDepth(1, 20_000, [
  cpuPerCall,
  { key: 'p50', label: 'p50 ms', atMostRatio: 1.2 },
]);
export const rpcDepth32 = rpcAtDepth(32, 200_000, [cpuPerCall]);
export const rpcDepth256 = rpcAtDepth(256, 400_000, [{ ...cpuPerCall, atMostRatio: 1.3 }]);
