import { createTask } from 'node-cron';

/** When something runs, and in which time zone. */
export interface CronTime {
  readonly time: string;
  readonly timezone?: string | undefined;
}

/** Calls `fn` at each such time, with the time in ms since 1970, until the returned function is called. Throws for a time that cannot be read. */
export function startCronTimer({ time, timezone }: CronTime, fn: (due: number) => void): () => void {
  const task = createTask(time, ({ date }) => fn(date.getTime()), {
    ...(timezone === undefined ? {} : { timezone }),
    unref: true,
    suppressMissedWarning: true,
  });
  void task.start();
  return () => void task.destroy();
}
