import * as z from 'zod';
import { longestWatchMs } from '../servers/restart-how.js';

/** How servers are restarted; see `RestartHow`. */
export const pacing = {
  watchMs: z.number().min(0).max(longestWatchMs).exactOptional(),
  atOnce: z.union([z.int().min(1), z.literal('all')]).exactOptional(),
  /** Whether their code is tried before anything is stopped. */
  trial: z.boolean().exactOptional(),
};
