/**
 * Calls between two servers and nothing else.
 *
 * @param {number} depth calls in flight
 * @param {number} calls
 * @param {import('./scenario.mjs').Figure[]} figures
 * @param {'always'} [encryption] the floor sends plain bytes all the same
 * @returns {import('./scenario.mjs').Scenario}
 */
function rpcAtDepth(depth, calls, figures, encryption = undefined) {
  return {
    name: `rpc-depth-${depth}${encryption ? '-encrypted' : ''}`,
    figures,
    measure: (system, processes, quick) => {
      const measuredCalls = quick ? calls / 4 : calls;
      return system.rpc(processes, {
        depth,
        encryption,
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
export const rpcDepth1Encrypted = rpcAtDepth(
  1,
  20_000,
  [cpuPerCall, { key: 'p50', label: 'p50 ms' }],
  'always',
);
export const rpcDepth256Encrypted = rpcAtDepth(256, 400_000, [cpuPerCall], 'always');
