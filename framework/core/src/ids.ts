/**
 * Ids of 64 bits that no other server of the cluster makes, as decimal text or as a bigint: 42 bits of time in ms since
 * 2025-01-01T00:00:00Z, 10 of the worker number that this server has leased, 12 of a sequence. They rise on one server, and
 * roughly with the time across servers.
 *
 * The methods reject with IDS_UNAVAILABLE when no lease can be had, and with IDS_CLOCK_BACK when the host's clock was set back by
 * more than is waited for; an id that might be there already is never made.
 *
 * @example const orderId = await app.ids.next(); // '241825163264000000'
 */
export interface Ids {
  next(): Promise<string>;
  nextBigInt(): Promise<bigint>;
  /** Ids that rise strictly across the whole cluster: an id that is asked for when another is there is higher. */
  readonly monotonic: MonotonicIds;
}

/**
 * Made by one server of the type `ids.generatorType` (`settings.json5`) at a time, and asked of it over RPC; the others of the type
 * stand by. Their layout is that of other ids, with a worker number that no server leases: so the two kinds never meet. The
 * methods reject with IDS_UNAVAILABLE when no generator is found in 15 s.
 */
export interface MonotonicIds {
  next(): Promise<string>;
  nextBigInt(): Promise<bigint>;
}
