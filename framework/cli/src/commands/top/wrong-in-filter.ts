import { lineMatcher } from '@pomelo-ts/cluster/masters';
import { reasonOf } from '@pomelo-ts/common';
import { parseLogFilter } from '@pomelo-ts/views';

/** What is wrong with a filter of a log, such as a regular expression that no server can look for; undefined when nothing is. */
export async function wrongInFilter(text: string): Promise<string | undefined> {
  try {
    await lineMatcher(parseLogFilter(text));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
