import type { HandlesOf, MeasureTable } from '@pomelo-ts/common';

/** What the hub counts of those who have proved a key. */
export const linkMeasures = {
  linkOpened: { kind: 'counter', name: 'link.opened', help: 'Links that proved a key.' },
  linkRefusals: {
    kind: 'counter',
    name: 'link.refusals',
    help: 'Servers that proved a key and have no place here: unknown, fenced or stopped.',
  },
  linkFaults: {
    kind: 'counter',
    name: 'link.faults',
    help: 'Links closed because of what came over them and cannot be read.',
  },
  linkUnread: {
    kind: 'counter',
    name: 'link.unread',
    help: 'Links closed because their other end did not read.',
  },
  linkSecondDials: {
    kind: 'counter',
    name: 'link.secondDials',
    help: 'Dials of a life of a server whose link lived.',
  },
} as const satisfies MeasureTable;

/** Handles of {@link linkMeasures}. */
export type LinkMeasures = HandlesOf<typeof linkMeasures>;
