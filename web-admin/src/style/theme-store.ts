import { signal } from '@preact/signals';

/** Colours of the page. */
export const themes = ['auto', 'light', 'dark'] as const;

/** One of {@link themes}. */
export type Theme = (typeof themes)[number];

const remembered = 'pomelo-ts theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** What was chosen. */
export const theme = signal<Theme>(themes.find((one) => one === localStorage.getItem(remembered)) ?? 'auto');

/** Whether the page is dark now. */
export const dark = signal(false);

/** Has these colours from now on, also when the page is opened again. */
export function colourAs(to: Theme): void {
  localStorage.setItem(remembered, to);
  theme.value = to;
  apply();
}

function apply(): void {
  document.documentElement.dataset['theme'] = theme.value;
  dark.value = theme.value === 'auto' ? system.matches : theme.value === 'dark';
}

system.addEventListener('change', apply);
apply();
