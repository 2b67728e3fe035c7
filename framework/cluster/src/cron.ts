export { nextCronTime } from './cron/next-time.js';
export { type CronPattern, neverComes, parseCronTime } from './cron/pattern.js';
export { Zone } from './cron/zone.js';
