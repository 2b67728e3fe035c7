import type { ClusterConfig } from '@pomelo-ts/cluster';
import { reasonOf } from '@pomelo-ts/common';
import type { Check } from './finding.js';

/**
 * Loads the codec of calls that the settings name, as servers do when they start; only then what they load it with.
 *
 * @throws CODEC_MISSING, CODEC_INVALID
 */
export async function tryCodec({ root, settings }: ClusterConfig): Promise<void> {
  const { codec } = settings.rpc;
  if (codec === 'msgpackr') return; // every server has it
  const { loadCodec } = await import('@pomelo-ts/core/internal');
  await loadCodec(root, codec);
}

export const checkCodec: Check = async ({ config }) => {
  if (!config || config.settings.rpc.codec === 'msgpackr') return [];
  const { codec } = config.settings.rpc;
  try {
    await tryCodec(config);
    return [{ check: 'codec', state: 'fine', text: `${codec} can be loaded here` }];
  } catch (error) {
    const cure = 'without rpc.codec in config/settings.json5 servers take msgpackr, which they have';
    return [{ check: 'codec', state: 'wrong', text: reasonOf(error), cure }];
  }
};
