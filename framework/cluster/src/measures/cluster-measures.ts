import { ToldMeasures } from './told-measures.js';

/** One life of a server. */
interface Life {
  readonly bootId: string;
  readonly type: string;
  readonly told: ToldMeasures;
}

/**
 * The measures of all servers, as the hub hears them: those of the present or last life of each, and of each type what its former lives have
 * counted. A master that has just begun knows nothing of lives that ended before it.
 */
export class ClusterMeasures {
  readonly #lives = new Map<string, Life>();
  readonly #ended = new Map<string, ToldMeasures>();

  /** The measures of this life, which is the present one from now on. */
  lifeOf(id: string, bootId: string, type: string): ToldMeasures {
    const known = this.#lives.get(id);
    if (known?.bootId === bootId) return known.told;
    this.end(id);
    const told = new ToldMeasures();
    this.#lives.set(id, { bootId, type, told });
    return told;
  }

  /** What the server told in its present or last life. */
  of(id: string): ToldMeasures | undefined {
    return this.#lives.get(id)?.told;
  }

  /** The life of a server is over, or it has left the topology: what it has counted stays in the sums of its type. */
  end(id: string): void {
    const life = this.#lives.get(id);
    if (!life) return;
    this.#lives.delete(id);
    let ended = this.#ended.get(life.type);
    if (!ended) {
      ended = new ToldMeasures();
      this.#ended.set(life.type, ended);
    }
    ended.add(life.told, false);
  }

  /** The sums of each type of servers. `isPresent` says whose gauges count. */
  byType(isPresent: (id: string) => boolean): ReadonlyMap<string, ToldMeasures> {
    const sums = new Map<string, ToldMeasures>();
    const sumOf = (type: string): ToldMeasures => {
      const known = sums.get(type) ?? new ToldMeasures();
      sums.set(type, known);
      return known;
    };
    for (const [type, ended] of this.#ended) sumOf(type).add(ended, false);
    for (const [id, { type, told }] of this.#lives) sumOf(type).add(told, isPresent(id));
    return sums;
  }
}
