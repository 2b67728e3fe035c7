import { defineApp } from '@pomelo-ts/core';

export default defineApp((app) => {
  app.route('chat', { by: 'roundRobin' });
});
