import { signal } from '@preact/signals';
import { operate } from '../api/operate.js';
import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';

/** One thing that somebody has begun from this page. */
export interface Task {
  readonly number: number;
  /** `restart chat-1`. */
  readonly what: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly reason?: string;
  /** How far each server is, by id, and what was said otherwise. */
  readonly steps: ReadonlyMap<string, string>;
}

/** What was begun from here, the latest last. */
export const tasks = signal<readonly Task[]>([]);

let lastNumber = 0;

/** Carries out an operation; how it goes on, and why it fails, is told in {@link tasks} under the name `what`. @throws ApiError */
export async function begin<T>(verb: string, args: object, what: string): Promise<T> {
  const number = ++lastNumber;
  tasks.value = [...tasks.value, { number, what, state: 'running', steps: new Map() }];
  try {
    const answer = await operate<T>(verb, args, { onProgress: (event) => step(number, event) });
    change(number, { state: 'done' });
    announce(t('tasks.announceDone', { what }));
    return answer;
  } catch (error) {
    change(number, { state: 'failed', reason: error instanceof Error ? error.message : String(error) });
    announce(t('tasks.announceFailed', { what }));
    throw error;
  }
}

/** Takes one off the list. */
export function dismiss(number: number): void {
  tasks.value = tasks.value.filter((task) => task.number !== number);
}

function change(number: number, some: Partial<Task>): void {
  tasks.value = tasks.value.map((task) => (task.number === number ? { ...task, ...some } : task));
}

/** What operations tell while they go on. */
type Progress =
  | { readonly kind: 'server'; readonly id: string; readonly state: string; readonly ms: number }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'waiting'; readonly operation: string }
  | { readonly kind: 'tier' | 'operation' | 'approval' };

function step(number: number, event: unknown): void {
  const progress = event as Progress;
  const task = tasks.value.find((one) => one.number === number);
  if (!task) return;
  const steps = new Map(task.steps);
  switch (progress.kind) {
    case 'server':
      steps.set(progress.id, progress.state);
      break;
    case 'warning':
      steps.set(`! ${steps.size}`, progress.text);
      break;
    case 'waiting':
      steps.set('…', t('tasks.waiting', { operation: progress.operation }));
      break;
    default:
      return;
  }
  change(number, { steps });
}
