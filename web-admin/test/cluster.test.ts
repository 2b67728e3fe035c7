import type { Page, Summary } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { cluster, formerLeader, silentServers, tellCluster } from '../src/feed/cluster-store.js';
import { textWidth } from '../src/table/text-width.js';

const page = (id: string, term: number, silent: readonly string[] = []): Page => ({
  ...{ at: term, rows: [], matching: 0, total: 0, silent },
  summary: { leader: { id, host: `host-of-${id}`, term }, env: 'production' } as Summary,
});

describe('what a page says of the cluster', () => {
  it('tells when another master leads than the one before, and not when the same goes on', () => {
    tellCluster(page('master-1', 4));
    tellCluster(page('master-1', 4, ['chat-1']));
    expect(formerLeader.value).toBeUndefined();
    expect(silentServers.value).toEqual(['chat-1']);
    tellCluster(page('master-2', 5));
    expect(formerLeader.value).toBe('master-1 (host-of-master-1)');
    expect(cluster.value?.leader.id).toBe('master-2');
  });
});

describe('the room of a text', () => {
  it('is twice as much for characters of East Asia and emoji', () => {
    expect([textWidth('chat-1'), textWidth('聊天-1'), textWidth('🚀')]).toEqual([6, 6, 2]);
  });
});
