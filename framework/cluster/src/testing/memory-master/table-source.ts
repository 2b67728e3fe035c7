import type { RegistrySource } from '../../registry/source.js';
import type { Registry } from '../../registry.js';
import { carried } from './carried.js';

/** The master's table itself as the source of a server's registry: each step comes a moment later, as it does over any line. */
export function tableSource(table: Registry): RegistrySource {
  return {
    follow(follower) {
      let follows = true;
      follower.applySnapshot(carried(table.snapshot(true)));
      const stop = table.onDelta((delta) => {
        const step = carried(delta);
        queueMicrotask(() => {
          if (follows && !follower.applyDelta(step)) follower.applySnapshot(carried(table.snapshot(true)));
        });
      });
      return () => {
        follows = false;
        stop();
      };
    },
  };
}
