import { type HandleOf, type MeasureDefinition, type Measures, PomeloError } from '@pomelo-ts/common';
import { rpcMeasures } from '@pomelo-ts/rpc';
import { coreMeasures } from './measures.js';

/** A {@link MeasureDefinition} without its kind. */
type Described = Omit<MeasureDefinition, 'kind'>;

/** First words of the framework's own names, which operators see beside those of the game. */
const ownWords = new Set(
  [
    'measures.',
    ...[coreMeasures, rpcMeasures].flatMap((table) => Object.values(table).map(({ name }) => name)),
  ].map((name) => name.split('.')[0]),
);

/**
 * Makes what a game measures: once, where a handler or the app is made, and never for each message. `pomelo-ts list --json` shows counters;
 * all are told to the master. A definition that was there before gives the same handle, so that a reload goes on counting.
 */
export class GameMeasures {
  readonly #all: Measures;

  /** @internal games use `app.measures` */
  constructor(all: Measures) {
    this.#all = all;
  }

  /**
   * Makes a count that only rises.
   *
   * @throws MEASURE_INVALID for a definition that cannot be told, or a name that is another measure's
   * @example
   * const ticks = app.measures.counter({ name: 'hall.ticks', help: 'Ticks of the hall.' });
   * ticks.add();
   * const ends = app.measures.counter({
   *   name: 'round.ends',
   *   help: 'Rounds that ended, by how.',
   *   closed: { label: 'how', values: ['won', 'drawn'] },
   * });
   * ends.drawn.add();
   */
  counter<const D extends Described>(definition: D): HandleOf<D & { readonly kind: 'counter' }> {
    return this.#make({ ...definition, kind: 'counter' });
  }

  /**
   * Makes a figure that goes up and down.
   *
   * @param read gives the figure whenever the measures are told, in place of `set`
   * @throws MEASURE_INVALID
   * @example app.measures.gauge({ name: 'hall.rooms', help: 'Rooms that are open.' }, () => rooms.size);
   */
  gauge<const D extends Described>(
    definition: D,
    read?: () => number,
  ): HandleOf<D & { readonly kind: 'gauge' }> {
    return this.#make({ ...definition, kind: 'gauge' }, read);
  }

  /**
   * Makes a histogram of durations in seconds.
   *
   * @throws MEASURE_INVALID
   * @example
   * const saves = app.measures.histogram({ name: 'store.saves', help: 'Time to save a player.', unit: 'seconds' });
   * saves.observe(0.012);
   */
  histogram<const D extends Described & { readonly unit: 'seconds' }>(
    definition: D,
  ): HandleOf<D & { readonly kind: 'histogram' }> {
    return this.#make({ ...definition, kind: 'histogram' });
  }

  /** All counters of this server that have risen, the framework's too: `{ 'hall.ticks': 3 }`. */
  counts(): Readonly<Record<string, number>> {
    return this.#all.counts();
  }

  #make<const D extends MeasureDefinition>(definition: D, read?: () => number): HandleOf<D> {
    const { name } = definition;
    if (ownWords.has(String(name).split('.')[0])) {
      const reason = `names that begin with ${[...ownWords].join(', ')} are those of the framework`;
      throw new PomeloError('MEASURE_INVALID', { name, reason });
    }
    return this.#all.make(definition, { owner: 'game', ...(read && { read }) });
  }
}
