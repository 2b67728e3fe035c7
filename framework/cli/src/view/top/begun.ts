import type { Order } from './order.js';
import { change, type Step } from './screen-event.js';
import type { ScreenState } from './screen-state.js';

/** Has an operation carried out. */
export function begun(state: ScreenState, order: Order): Step {
  const notice = { text: `${order.title}: under way`, bad: false };
  return { ...change(state, { notice, marks: new Set<string>() }), effect: { do: 'operate', order } };
}
