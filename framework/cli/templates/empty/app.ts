import { defineApp } from '@pomelo-ts/core';

/** Runs once in each server process, before anything of it starts. */
export default defineApp((app) => {
  app.onStarted(() => app.logger.info(`${app.serverId} is ready to play`));
});
